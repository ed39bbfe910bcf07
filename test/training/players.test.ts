import { expect, test } from 'vitest';
import { createPlayer } from '../../src/training/players.js';

test.each([
  ['alphabeta:1000', 'alphabeta takes options, as in alphabeta:ms=200, and not 1000'],
  ['heuristic:200', 'heuristic takes options'],
  ['rollouts:5000', 'rollouts takes options'],
  ['greedy:hard', 'greedy takes nothing behind its name, and not hard'],
  ['models/azul-2p.onnx,sims=8,sims=9', 'sims is there twice'],
  ['models/azul-2p.onnx,sims=', 'sims is , not a whole number from 0 to 10000000'],
  ['models/azul-2p.onnx,sims=1e2', 'sims is 1e2, not a whole number'],
  ['rollouts:sims=0', 'sims is 0, not a whole number from 1 to 10000000'],
])('%s is refused', async (spec, message) => {
  await expect(createPlayer(spec, 2)).rejects.toThrow(`player ${spec}: ${message}`);
});
