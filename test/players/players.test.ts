import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printSpec } from '../../src/players/playerSpec.js';
import { createPlayer, describePlayer, loadModel, modelFile } from '../../src/players/players.js';
import { temporaryFolder } from '../training/helpers.js';

test.each([
  ['alphabeta:1000', "alphabeta takes options, as in alphabeta:ms=200, not '1000'"],
  ['heuristic:200', 'heuristic takes options'],
  ['rollouts:5000', 'rollouts takes options'],
  ['greedy:hard', "greedy takes nothing after its name, not 'hard'"],
  ['models/azul-2p.onnx,sims=8,sims=9', 'sims is given twice'],
  ['models/azul-2p.onnx,sims=', "sims is '', not a whole number from 0 to 10000000"],
  ['models/azul-2p.onnx,sims=1e2', "sims is '1e2', not a whole number"],
  ['rollouts:sims=0', "sims is '0', not a whole number from 1 to 10000000"],
])('%s is refused', async (spec, message) => {
  await expect(createPlayer(spec, 2)).rejects.toThrow(`player ${spec}: ${message}`);
});

test('a model with NUL in its name is reported in words', () => {
  for (const read of [() => loadModel('a\0.onnx'), () => loadModel(modelFile('a\0.onnx'))]) {
    expect(read).toThrow('there is no model a\\0.onnx: no file has the NUL character in its name');
  }
});

test('described players are plain data, which can be sent to a worker', () => {
  const specs = [
    'random',
    'heuristic:sims=3',
    'models/azul-2p.onnx,sims=0,endgame=6,device=cpu',
    `engine:a 'b, c',sims=3`,
  ];
  for (const spec of specs) {
    const player = describePlayer(spec, 2);
    // The weights are left out, since their comparison takes seconds.
    const plain = { ...player, weights: undefined };
    expect({ ...structuredClone(player), weights: undefined }).toEqual(plain);
    expect(player.name).toBe(spec);
  }
  expect(describePlayer('models/azul-2p.onnx,sims=0,endgame=6,deals=3', 2)).toMatchObject({
    simulations: 0,
    search: { endgame: 6, deals: 3 },
  });
});

test('a path with commas and quotes names a model, in a spec and alone', () => {
  const folder = temporaryFolder();
  for (const name of ['a, b', `it's "x"`, 'c=d', 'plain']) {
    const path = join(folder, `${name}.onnx`);
    copyFileSync('models/azul-2p.onnx', path);
    expect(describePlayer(printSpec({ kind: 'model', target: path }), 2)).toHaveProperty('weights');
    expect(modelFile(path)).toBe(path);
    expect(modelFile(printSpec({ kind: 'model', target: path }))).toBe(path);
  }
});
