import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { GreedyPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { printGame, type RecordedGame } from '../../src/arena/record.js';
import { colourOf, destinationOf } from '../../src/game/action.js';
import { parseMove, startPosition } from '../../src/game/notation.js';
import { ReplayBuffer } from '../../src/training/data/replayBuffer.js';
import { playFake } from '../training/helpers.js';
import { azul, expectFailure, folderForTests } from './processes.js';

const folder = folderForTests();

async function games(seats: number): Promise<RecordedGame[]> {
  const contestants = [new GreedyPlayer(), new RandomPlayer()];
  const played = await playMatch({ seats, contestants, seed: 8, from: 0, to: 2 });
  return played.map((game) => ({
    ...game,
    seats: game.seats.map((contestant) => contestants[contestant]!.name),
    tags: new Map(),
    start: startPosition(seats),
    finished: true,
  }));
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function rowsOf(path: string): Promise<Record<string, number | Uint8Array>[]> {
  const bytes = new Uint8Array(readFileSync(path)).buffer;
  const compressors = { GZIP: (packed: Uint8Array) => new Uint8Array(gunzipSync(packed)) };
  return (await parquetReadObjects({ file: bytes, compressors, utf8: false })) as never;
}

test('a record becomes a dataset of its moves, without unfinished games', async () => {
  const all = await games(2);
  const unfinished = { ...all[1]!, tokens: all[1]!.tokens.slice(0, 9), scores: [0, 0], ranks: [1, 1], finished: false };
  const record = file('games.azul', `# a remark\n\n${[all[0]!, unfinished, all[2]!].map(printGame).join('\n')}`);
  const out = join(folder, 'of a record');
  const { stdout, stderr, status } = await azul(['dataset', record, '--out', out]);
  expect([status, stderr]).toEqual([0, 'skipped 1 games that were not played to their end\n']);
  const whole = [all[0]!, all[2]!];
  const moves = whole.flatMap(({ tokens }) => tokens.filter((token) => !token.startsWith('=')));
  expect(stdout).toMatch(
    new RegExp(`of a record: ${moves.length} positions of 2 games in \\d files? \\(.* positions/s\\)`),
  );
  const { files } = JSON.parse(readFileSync(join(out, 'dataset.json'), 'utf8'));
  const rows = (await Promise.all(files.map(({ name }: { name: string }) => rowsOf(join(out, name))))).flat();
  rows.sort((a, b) => Number(a.game) - Number(b.game) || Number(a.place) - Number(b.place));
  expect(rows.map(({ game }) => game)).toEqual(whole.flatMap((_, i) => Array(movesOf(whole[i]!)).fill(2 * i)));
  for (const [i, row] of rows.entries()) {
    const policy = [...new Uint16Array((row.policy as Uint8Array).slice().buffer)];
    const action = policy.indexOf(65535);
    expect(policy.filter((p) => p > 0)).toEqual([65535]);
    expect(((row.legal as Uint8Array)[action >> 3]! >> (action & 7)) & 1).toBe(1);
    const played = parseMove(startPosition(2).rules, moves[i]!);
    expect([colourOf(action), destinationOf(action)]).toEqual([colourOf(played), destinationOf(played)]);
    expect(new Float32Array((row.search_value as Uint8Array).slice().buffer)[0]).toBeNaN();
  }
});

function movesOf({ tokens }: RecordedGame): number {
  return tokens.filter((token) => !token.startsWith('=')).length;
}

test('a replay buffer becomes a dataset', async () => {
  const path = join(folder, 'replay.db');
  const buffer = new ReplayBuffer(path, 2);
  buffer.add(await playFake([0, 1, 2]));
  buffer.close();
  const { stdout, status } = await azul(['dataset', path, '--out', join(folder, 'npz'), '--form', 'npz']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/npz: \d+ positions of 3 games in \d files? /);
});

test('a dataset that can’t be written is reported in one line', async () => {
  const two = (await games(2)).map(printGame);
  const three = (await games(3)).map(printGame);
  const mixed = file('mixed.azul', two[0]! + three[0]!);
  expectFailure(await azul(['dataset', mixed]), 2, /required option '--out <folder>' not specified/);
  expectFailure(
    await azul(['dataset', 'nosuch', '--out', 'x']),
    1,
    /there is no nosuch; name the folder of a run, or a/,
  );
  const out = join(folder, 'faults');
  expectFailure(
    await azul(['dataset', mixed, '--out', out]),
    1,
    /game 2 has 3 players, the ones before 2; split the file/,
  );
  const broken = file('broken.azul', two[0]!.replace(/scores .*/, 'scores 999 0'));
  expectFailure(await azul(['dataset', broken, '--out', out]), 1, /broken\.azul, game 1, line \d+: scores are 999 0/);
  expectFailure(await azul(['dataset', file('none', ''), '--out', out]), 1, /none, it contains no game/);
  expectFailure(
    await azul(['dataset', join(folder, 'of a record'), '--out', join(folder, 'new')]),
    1,
    /there is no replay buffer .*of a record.*replay\.db; name/,
  );
  expectFailure(
    await azul(['dataset', file('one.azul', two[0]!), '--out', folder]),
    1,
    /is not empty; name another folder/,
  );
});
