import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { canonicalise } from '../../../src/game/canonical.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { CHANCE } from '../../../src/mcts/game.js';
import { Encoder } from '../../../src/network/encoding.js';
import { unpackSearch } from '../../../src/training/data/positionRecord.js';
import { type FinishedGame, ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { isHeldOut } from '../../../src/training/data/replayWindow.js';
import { bufferGames } from '../../../src/training/dataset/sources.js';
import { type DatasetForm, writeDataset } from '../../../src/training/dataset/writeDataset.js';
import { playFake, temporaryFolder } from '../helpers.js';

/** A buffer with played games, in a new folder. */
async function played(players: number, games: number) {
  const folder = temporaryFolder();
  const finished = await playFake([...Array(games).keys()], { players });
  const buffer = new ReplayBuffer(join(folder, 'replay.db'), players);
  buffer.add(finished);
  return { buffer, finished, folder };
}

async function written(buffer: ReplayBuffer, folder: string, form: DatasetForm): Promise<string> {
  const out = join(folder, form);
  await writeDataset(bufferGames(buffer), { folder: out, form, validationFraction: 0.3 });
  return out;
}

type Row = Record<string, number | Uint8Array>;

const gzip = { GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)) };

function fileOf(path: string): ArrayBuffer {
  return new Uint8Array(readFileSync(path)).buffer;
}

function rowsOf(path: string): Promise<Row[]> {
  return parquetReadObjects({ file: fileOf(path), compressors: gzip, utf8: false }) as Promise<Row[]>;
}

const floats = (bytes: number | Uint8Array | undefined) => [...new Float32Array((bytes as Uint8Array).slice().buffer)];

/** The arrays of an .npz file by name, as bytes without their headers. */
function arraysOf(path: string): Map<string, { header: string; data: Buffer }> {
  const file = readFileSync(path);
  const arrays = new Map<string, { header: string; data: Buffer }>();
  for (let at = 0; file.readUInt32LE(at) === 0x04034b50; ) {
    const [packed, length] = [file.readUInt32LE(at + 18), file.readUInt16LE(at + 26)];
    const name = file.toString('latin1', at + 30, at + 30 + length);
    const whole = inflateRawSync(file.subarray(at + 30 + length, at + 30 + length + packed));
    const start = name.endsWith('.npy') ? 10 + whole.readUInt16LE(8) : 0;
    arrays.set(name, { header: whole.toString('latin1', 0, start), data: whole.subarray(start) });
    at += 30 + length + packed;
  }
  return arrays;
}

/** Compares a row with the record that it was made from. */
function expectRow(row: Row, game: AzulGame, encoder: Encoder, finished: FinishedGame, place: number): void {
  const { state, actions, probabilities, search } = unpackSearch(game, finished.records[place]!);
  const sorted = state.slice();
  canonicalise(game.rules, sorted, 0);
  const inputs = new Float32Array(encoder.inputs);
  encoder.encode(sorted, 0, inputs, 0);
  expect([...(row.inputs as Uint8Array)]).toEqual([...inputs].map((input) => Math.round(100 * input)));
  const policy = new Uint16Array((row.policy as Uint8Array).slice().buffer);
  expect([...policy].flatMap((p, action) => (p > 0 ? [action] : []))).toEqual([...actions].sort((a, b) => a - b));
  for (const [i, action] of actions.entries()) expect(policy[action]).toBe(probabilities[i]);
  const legal = new Uint16Array(game.actions);
  const n = game.kind(state, 0) === CHANCE ? 0 : game.legal(sorted, 0, legal);
  const bits = row.legal as Uint8Array;
  const set = Array.from({ length: game.actions }, (_, a) => a).filter((a) => (bits[a >> 3]! >> (a & 7)) & 1);
  expect(set).toEqual([...legal.subarray(0, n)]);
  const mover = game.mover(state, 0);
  expect(row.player).toBe(mover);
  const seats = Array.from({ length: game.players }, (_, i) => (mover + i) % game.players);
  expect(floats(row.search_value)).toEqual(seats.map((seat) => search.rank[seat]));
  expect(floats(row.search_margin)).toEqual(seats.map((seat) => search.margin[seat]));
  const best = (seat: number) => Math.max(...finished.scores.filter((_, other) => other !== seat));
  floats(row.margin).forEach((margin, i) => {
    const seat = seats[i]!;
    expect(margin).toBeCloseTo(Math.tanh((finished.scores[seat]! - best(seat)) / 20), 5);
  });
  expect(floats(row.value).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
}

describe('a dataset', () => {
  test.each([2, 3, 4])(
    'of games for %i players holds every position as it was played, game by game',
    async (players) => {
      const { buffer, finished, folder } = await played(players, 8);
      const out = await written(buffer, folder, 'parquet');
      const game = new AzulGame(players);
      const encoder = new Encoder(players);
      const seen = new Set<number>();
      const { files, columns, positions } = JSON.parse(readFileSync(join(out, 'dataset.json'), 'utf8'));
      for (const { name } of files) {
        const rows = await rowsOf(join(out, name));
        const { key_value_metadata: metadata } = parquetMetadata(fileOf(join(out, name)));
        expect(JSON.parse(metadata!.find(({ key }) => key === 'azul-zero')!.value!).columns).toEqual(columns);
        expect(Object.keys(rows[0]!)).toEqual(columns.map((column: { name: string }) => column.name));
        let at = 0;
        while (at < rows.length) {
          const number = rows[at]!.game as number;
          expect(seen.has(number)).toBe(false);
          seen.add(number);
          expect(name.startsWith('validation')).toBe(isHeldOut(number, 0.3));
          const one = finished[number]!;
          for (let place = 0; place < one.records.length; place++, at++) {
            expect(rows[at]).toMatchObject({ game: number, place, iteration: 1 });
            expectRow(rows[at]!, game, encoder, one, place);
          }
        }
      }
      expect(seen.size).toBe(8);
      expect(positions).toBe(finished.reduce((sum, { records }) => sum + records.length, 0));
      buffer.close();
    },
  );

  test('is the same as .npz, and NumPy can read it', async () => {
    const { buffer, folder } = await played(2, 6);
    const [parquet, npz] = [await written(buffer, folder, 'parquet'), await written(buffer, folder, 'npz')];
    buffer.close();
    const rows = await rowsOf(join(parquet, 'train-00000.parquet'));
    const path = join(npz, 'train-00000.npz');
    const arrays = arraysOf(path);
    for (const { name, size } of JSON.parse(arrays.get('about.json')!.data.toString()).columns) {
      const { header, data } = arrays.get(`${name}.npy`)!;
      expect(header).toContain(`'shape': (${rows.length},${size === 1 ? '' : ` ${size}`})`);
      expect((header.length % 64) + header.charCodeAt(header.length - 1)).toBe(10);
      const expected = rows.map((row) => {
        const value = row[name]!;
        return typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
      });
      expect(data.equals(Buffer.concat(expected))).toBe(true);
    }
    if (!hasModule('numpy')) return console.log('NumPy is not installed: its reading is not tested');
    const script = `import numpy, sys, json
d = numpy.load(sys.argv[1])
print(json.dumps([list(d['inputs'].shape), str(d['policy'].dtype), int(d['policy'].sum()), int(d['inputs'].sum())]))`;
    const found = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }));
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    const policies = rows.map((row) => sum(new Uint16Array((row.policy as Uint8Array).slice().buffer)));
    expect(found).toEqual([
      [rows.length, 630],
      'uint16',
      sum(policies),
      sum(rows.map((row) => sum(row.inputs as Uint8Array))),
    ]);
  });

  test.skipIf(!hasModule('pyarrow'))('can be read by pyarrow', async () => {
    const { buffer, folder } = await played(2, 3);
    const path = join(await written(buffer, folder, 'parquet'), 'train-00000.parquet');
    buffer.close();
    const script = `import pyarrow.parquet as p, sys, json
t = p.read_table(sys.argv[1])
print(json.dumps([t.num_rows, t.column('game').to_pylist(), sum(map(sum, t.column('inputs').to_pylist()))]))`;
    const rows = await rowsOf(path);
    const inputs = rows.map((row) => (row.inputs as Uint8Array).reduce((a, b) => a + b, 0));
    expect(JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))).toEqual([
      rows.length,
      rows.map((row) => row.game),
      inputs.reduce((a, b) => a + b, 0),
    ]);
  });

  test('has files of bounded size, and needs an empty folder', async () => {
    const { buffer, folder } = await played(2, 2);
    const many = function* () {
      const [first, second] = [...bufferGames(buffer)];
      for (let number = 0; number < 700; number++) yield { ...(number % 2 ? second! : first!), number };
    };
    const out = join(folder, 'many');
    const { files, positions } = await writeDataset(many(), { folder: out, form: 'npz', validationFraction: 0 });
    expect(files.length).toBe(Math.ceil(positions / 20_000));
    for (const file of files) expect(file.positions).toBeLessThanOrEqual(20_000);
    expect(readdirSync(out).sort()).toEqual(['dataset.json', ...files.map(({ name }) => name)]);
    await expect(written(buffer, join(out, '..'), 'npz').then(() => written(buffer, folder, 'npz'))).rejects.toThrow(
      /npz is not empty; name another folder with --out$/,
    );
    buffer.close();
  });
});

function hasModule(name: string): boolean {
  return spawnSync('python3', ['-c', `import ${name}`]).status === 0;
}
