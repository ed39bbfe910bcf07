import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sealed } from '../../../src/files.js';
import { Random } from '../../../src/game/random.js';
import { ENCODING } from '../../../src/network/encoding.js';
import { withChecksum } from '../../../src/network/modelChecksum.js';
import { Network } from '../../../src/network/network.js';
import { decodeNetwork } from '../../../src/network/onnxModel.js';
import { loadModel } from '../../../src/players/players.js';
import { CheckpointError } from '../../../src/runs/checkpointFolder.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { type Checkpoint, CheckpointManager } from '../../../src/training/run/checkpoints.js';
import { metrics, randomWeights, temporaryFolder } from '../helpers.js';

const network = new Network(2, { width: 4, blocks: 1 });

function checkpoint(iteration: number): Checkpoint {
  const random = new Random(iteration);
  const means = () => randomWeights(network, random);
  return {
    iteration,
    network,
    weights: randomWeights(network, random),
    average: iteration % 2 === 0 ? means() : undefined,
    optimizer: { name: 'adamw', step: 10 * iteration, slots: { mean: means(), square: means() } },
    schedule: { best: 1 / 3, waited: iteration, falls: 2 },
    lossScale: { factor: 2 ** 12, steps: iteration },
    sampler: {
      random: random.save(),
      iteration,
      size: 1000,
      seen: 60,
      left: { drawn: 9, most: 5 },
      uses: Uint32Array.from({ length: 50 }, () => random.int(9)),
    },
    replayFrom: 3 * iteration,
    needs: [],
    config: PRESETS.tiny,
    statistics: metrics(iteration),
  };
}

function managerOn(iterations: number[], keep = 3): CheckpointManager {
  const manager = new CheckpointManager(join(temporaryFolder(), 'checkpoints'), keep);
  for (const iteration of iterations) manager.save(checkpoint(iteration));
  return manager;
}

/** The iteration of the newest whole checkpoint, and the warnings about the newer ones. */
function newest(manager: CheckpointManager): { iteration: number | undefined; warnings: string[] } {
  const warnings: string[] = [];
  const iteration = manager.latest((message) => warnings.push(message))?.iteration;
  return { iteration, warnings };
}

describe('a checkpoint', () => {
  test('is restored bit for bit', () => {
    const manager = managerOn([1]);
    expect(manager.load(1)).toEqual(checkpoint(1));
    expect(newest(manager)).toEqual({ iteration: 1, warnings: [] });
    expect(readdirSync(manager.path(1)).sort()).toEqual(['checkpoint.json', 'model.onnx', 'training.bin', 'uses.bin']);
  });

  test.each([1, 2])('%i holds the model to play with: the average where there is one', (iteration) => {
    const manager = managerOn([iteration]);
    const path = manager.modelPath(iteration);
    const { weights, average } = checkpoint(iteration);
    const played = decodeNetwork(readFileSync(path), path).weights;
    expect(played).toEqual((average ?? weights).slice(0, network.playingSize));
  });

  test('of another version is refused with a message about its version', () => {
    const manager = managerOn([1]);
    const path = join(manager.path(1), 'checkpoint.json');
    const { arrays: _, ...body } = JSON.parse(readFileSync(path, 'utf8')).body;
    const sha256 = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    writeFileSync(path, JSON.stringify({ sha256, body }));
    expect(() => manager.load(1)).toThrow(/000001 was written by another version of azul; continue with that version/);
  });

  test('with a network of another version is refused too, and no older one is tried', () => {
    const manager = managerOn([1, 2]);
    const write = (name: string, data: string | Uint8Array) => writeFileSync(join(manager.path(2), name), data);
    const hash = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
    const text = readFileSync(manager.modelPath(2)).subarray(0, -22).toString('latin1');
    const model = withChecksum(Buffer.from(text.replace(ENCODING, 'azul-0'), 'latin1'));
    const { body } = JSON.parse(readFileSync(join(manager.path(2), 'checkpoint.json'), 'utf8'));
    body.checksums['model.onnx'] = hash(model);
    write('model.onnx', model);
    write('checkpoint.json', JSON.stringify({ sha256: hash(JSON.stringify(body)), body }));
    const damaged: string[] = [];
    expect(() => manager.latest((message) => damaged.push(message))).toThrow(
      /000002 was written by another version of azul; continue with that version, or start another run$/,
    );
    expect(damaged).toEqual([]);
  });

  test('can be overwritten', () => {
    const manager = managerOn([1, 2, 2]);
    expect(manager.iterations()).toEqual([1, 2]);
    expect(manager.load(2)).toEqual(checkpoint(2));
  });

  test('there is no checkpoint in a folder that does not exist', () => {
    const manager = managerOn([]);
    expect(manager.iterations()).toEqual([]);
    expect(newest(manager)).toEqual({ iteration: undefined, warnings: [] });
    expect(manager.best()).toBeUndefined();
    expect(() => manager.load(3)).toThrow(CheckpointError);
  });
});

describe('the listing', () => {
  test('shows iteration, time, score and size, and marks the best by score', () => {
    const folder = join(temporaryFolder(), 'checkpoints');
    const manager = new CheckpointManager(folder, 2, { every: 5, mode: 'min' });
    expect([1, 5, 9, 10].map((iteration) => manager.shouldSave(iteration))).toEqual([false, true, false, true]);
    const started = Date.now();
    const scores = [0.5, 0.3, 0.4, 0.3, 0.9];
    const paths = scores.map((score, i) => manager.save(checkpoint(5 * (i + 1)), { score }));
    expect(paths[0]).toBe(join(folder, '000005'));
    expect(manager.best()).toEqual({ iteration: 10, score: 0.3 });
    const list = manager.list();
    expect(list.map(({ iteration, score, best }) => [iteration, score, best])).toEqual([
      [10, 0.3, true],
      [20, 0.3, false],
      [25, 0.9, false],
    ]);
    for (const { savedAt, bytes } of list) {
      expect(savedAt.getTime()).toBeGreaterThanOrEqual(started);
      expect(savedAt.getTime()).toBeLessThanOrEqual(Date.now());
      expect(bytes).toBeGreaterThan(network.size * 4);
    }
    expect(manager.load(25)).toEqual(checkpoint(25));
  });

  test("reads the Elo of an older version's best.json as the score", () => {
    const manager = managerOn([1, 2]);
    writeFileSync(join(manager.folder, 'best.json'), sealed({ iteration: 1, elo: 55 }));
    expect(manager.list().map(({ score, best }) => [score, best])).toEqual([
      [55, true],
      [undefined, false],
    ]);
  });
});

describe('rotation', () => {
  test('keeps the newest and the best, also beyond iteration one million', () => {
    const manager = managerOn([1, 2, 3]);
    manager.markBest(2, 60);
    for (const iteration of [4, 5, 6]) manager.save(checkpoint(iteration));
    expect(manager.iterations()).toEqual([2, 4, 5, 6]);
    expect(manager.best()).toEqual({ iteration: 2, score: 60 });
    manager.markBest(6, 70);
    expect(manager.iterations()).toEqual([4, 5, 6]);
    manager.save(checkpoint(1_000_000));
    expect(manager.iterations()).toEqual([5, 6, 1_000_000]);
    expect(newest(manager).iteration).toBe(1_000_000);
    expect(manager.modelPath(6)).toBe(join(manager.path(6), 'model.onnx'));
  });

  test('keeps the checkpoints that kept ones need, and only as long as they need them', () => {
    const manager = managerOn([1], 2);
    for (const iteration of [2, 3, 4]) manager.save({ ...checkpoint(iteration), needs: [1] });
    manager.save({ ...checkpoint(5), needs: [4] });
    expect(manager.iterations()).toEqual([1, 4, 5]);
    manager.save({ ...checkpoint(6), needs: [4] });
    expect(manager.iterations()).toEqual([4, 5, 6]);
  });

  test('removes a checkpoint that is newer than the saved one, since it belongs to an abandoned history', () => {
    const manager = managerOn([3, 5], 2);
    writeFileSync(join(manager.path(5), 'training.bin'), '');
    expect(newest(manager).iteration).toBe(3);
    manager.save(checkpoint(4));
    expect(manager.iterations()).toEqual([3, 4]);
  });

  test('removes nothing while best.json is damaged, and continues once there is a new one', () => {
    const manager = managerOn([1, 2, 3]);
    manager.markBest(1, 90);
    writeFileSync(join(manager.folder, 'best.json'), '{"sha256": "');
    expect(() => manager.best()).toThrow(/best\.json is damaged/);
    for (const iteration of [4, 5]) manager.save(checkpoint(iteration));
    expect(manager.iterations()).toEqual([1, 2, 3, 4, 5]);
    manager.markBest(4, 50);
    expect(manager.iterations()).toEqual([3, 4, 5]);
    expect(manager.best()).toEqual({ iteration: 4, score: 50 });
  });
});

/** Whether the test may make files that can't be removed, which needs root and a suitable file system. */
const canFreeze = (() => {
  const file = join(mkdtempSync(join(tmpdir(), 'azul-test-')), 'file');
  writeFileSync(file, '');
  const isDone = (change: string) => spawnSync('chattr', [change, file]).status === 0;
  const can = isDone('+i') && isDone('-i');
  rmSync(dirname(file), { recursive: true });
  return can;
})();

test.skipIf(!canFreeze)(
  'an old checkpoint that can’t be removed causes one warning, and the others are removed',
  () => {
    const manager = managerOn([1, 2], 2);
    const file = join(manager.path(1), 'training.bin');
    spawnSync('chattr', ['+i', file]);
    onTestFinished(() => void spawnSync('chattr', ['-i', file]));
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    for (const iteration of [3, 4, 5]) manager.save(checkpoint(iteration), { onWarning: warn });
    manager.markBest(5, 60, warn);
    expect(manager.iterations()).toEqual([1, 4, 5]);
    expect(warnings).toEqual([
      expect.stringMatching(/^the old checkpoint .*000001 can't be removed \(.*\); it stays$/),
    ]);
    expect(newest(manager)).toEqual({ iteration: 5, warnings: [] });
    spawnSync('chattr', ['-i', file]);
    manager.save(checkpoint(6), { onWarning: warn });
    expect(manager.iterations()).toEqual([5, 6]);
    expect(warnings).toHaveLength(1);
  },
);

describe('damage to the newest checkpoint', () => {
  const FILES = ['checkpoint.json', 'model.onnx', 'training.bin'];

  /** Damages a copy of a checkpoint, and expects that the damage is reported and that the older checkpoint is used. */
  function expectPassedOver(manager: CheckpointManager, damage: (folder: string) => void, what = /./): void {
    const folder = manager.path(2);
    const copy = `${folder}.copy`;
    cpSync(folder, copy, { recursive: true });
    damage(folder);
    const { iteration, warnings } = newest(manager);
    expect(iteration).toBe(1);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain(folder);
    expect(warnings[0]).toMatch(/; going back to the checkpoint before it$/);
    expect(warnings[0]).toMatch(what);
    expect(warnings[0]).not.toContain('\n');
    rmSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true });
    rmSync(copy, { recursive: true });
  }

  test.each(FILES)('%s cut short at any place', (name) => {
    const manager = managerOn([1, 2]);
    const whole = readFileSync(join(manager.path(2), name));
    fc.assert(
      // The manifest ends with a line break, which may be missing.
      fc.property(fc.integer({ min: 0, max: whole.length - 2 }), (length) => {
        expectPassedOver(manager, (folder) => writeFileSync(join(folder, name), whole.subarray(0, length)), /damaged/);
      }),
      { numRuns: 15 },
    );
  });

  test.each(FILES)('%s altered at any place', (name) => {
    const manager = managerOn([1, 2]);
    const whole = readFileSync(join(manager.path(2), name));
    const digits = [...whole.keys()].filter(
      (at) => name !== FILES[0] || /[0-9a-z]/.test(String.fromCharCode(whole[at]!)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...digits), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const altered = Buffer.from(whole);
        altered[at] = altered[at]! ^ by;
        expectPassedOver(manager, (folder) => writeFileSync(join(folder, name), altered));
      }),
      { numRuns: 15 },
    );
  });

  test.each(FILES)('%s missing', (name) => {
    expectPassedOver(managerOn([1, 2]), (folder) => rmSync(join(folder, name)), /can't be read/);
  });

  test('its folder empty', () => {
    expectPassedOver(managerOn([1, 2]), (folder) => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    });
  });

  test('and to all others is an error that names the damage', () => {
    const manager = managerOn([1, 2, 3]);
    for (const n of [1, 2, 3]) writeFileSync(join(manager.path(n), 'model.onnx'), '');
    expect(() => newest(manager)).toThrow(/is damaged: .*; restore it, or start another run$/);
  });

  test('outside its model keeps the weights that play readable, and damage to the model does not', () => {
    const manager = managerOn([1, 2]);
    writeFileSync(join(manager.path(2), 'training.bin'), '');
    const playing = checkpoint(2).average!.subarray(0, network.playingSize);
    expect(manager.playingWeights(2)).toEqual(playing);
    expect(loadModel(manager.modelPath(2)).weights).toEqual(playing);
    const bytes = readFileSync(manager.modelPath(2));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(manager.modelPath(2), bytes);
    expect(() => manager.playingWeights(2)).toThrow(/model\.onnx is damaged: its checksum is wrong/);
    expect(() => loadModel(manager.modelPath(2))).toThrow(/model\.onnx is damaged: its checksum is wrong/);
  });
});

test('what a crash left unfinished disturbs nothing', () => {
  const manager = managerOn([1]);
  const left = join(manager.folder, 'unfinished');
  mkdirSync(left);
  writeFileSync(join(left, 'model.onnx'), 'half a mod');
  writeFileSync(join(left, 'strange'), '');
  expect(newest(manager)).toEqual({ iteration: 1, warnings: [] });
  manager.save(checkpoint(2));
  expect(existsSync(left)).toBe(false);
  expect(readdirSync(manager.path(2)).length).toBe(4);
  expect(manager.load(2)).toEqual(checkpoint(2));
});

test('a folder that cannot be written is reported with the remedy, and nothing is lost', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const manager = new CheckpointManager(join(folder, 'file', 'checkpoints'), 3);
  expect(() => manager.save(checkpoint(1))).toThrow(CheckpointError);
  expect(() => manager.save(checkpoint(1))).toThrow(
    /cannot write a checkpoint to .*file.*; make room or permit writing/,
  );

  const lost = managerOn([1]);
  rmSync(dirname(lost.folder), { recursive: true });
  expect(() => lost.save(checkpoint(2))).toThrow(/cannot write a checkpoint to .*ENOENT/);
  expect(existsSync(dirname(lost.folder))).toBe(false);

  const good = managerOn([1]);
  // A folder in the place of a file makes a write fail midway, like a full disk.
  writeFileSync(join(good.folder, '000002'), '');
  rmSync(join(good.folder, '000002'));
  mkdirSync(join(good.folder, 'best.json.unfinished'));
  expect(() => good.markBest(1, 1)).toThrow(CheckpointError);
  expect(newest(good).iteration).toBe(1);
});
