import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { AzulGame, utility } from '../../src/mcts/azul.js';
import { Leaves } from '../../src/mcts/evaluator.js';
import { CHANCE } from '../../src/mcts/game.js';
import { Encoder } from '../../src/network/encoding.js';
import { Network } from '../../src/network/network.js';
import { openEvaluator } from '../../src/network/onnxInference.js';
import { decodeNetwork, encodeNetwork } from '../../src/network/onnxModel.js';
import { leavesOf, randomWeights, temporaryFolder } from '../training/helpers.js';
import { referenceForward } from './referenceNetwork.js';

describe('the network on ONNX Runtime', () => {
  test.each([2, 3, 4])('of %i players answers as the 64-bit reference does, with values by player', async (players) => {
    const game = new AzulGame(players);
    const network = new Network(players, { width: 24, blocks: 2 });
    const weights = randomWeights(network, new Random(2));
    const evaluator = await openEvaluator({ network, weights }, { precision: 'fp32' });
    const leaves = leavesOf(game, 40, 3);
    await evaluator.evaluate(leaves);
    await evaluator.close();

    const encoder = new Encoder(players);
    const inputs = new Float32Array(encoder.inputs);
    const movers = new Set<number>();
    const kinds = new Set<number>();
    for (let row = 0; row < leaves.count; row++) {
      const at = row * game.stateSize;
      encoder.encode(leaves.states, at, inputs, 0);
      const { logits, value, margin } = referenceForward(network, weights, inputs);
      logits.forEach((logit, a) => {
        expect(Math.abs(leaves.logits[row * game.actions + a]! - logit)).toBeLessThan(1e-4);
      });
      const mover = game.mover(leaves.states, at);
      movers.add(mover);
      kinds.add(game.kind(leaves.states, at));
      for (let player = 0; player < players; player++) {
        const seat = (player - mover + players) % players;
        const found = leaves.values[row * game.valueSize + player]!;
        expect(Math.abs(found - utility(value[seat]!, margin[seat]!))).toBeLessThan(1e-4);
        expect(Math.abs(leaves.values[row * game.valueSize + players + player]! - margin[seat]!)).toBeLessThan(1e-4);
      }
    }
    expect(movers.size).toBe(players);
    expect(kinds).toContain(CHANCE);
  });

  // Exact resume depends on this: a game must not depend on the games in the same batch.
  test.each([
    ['small', { width: 128, blocks: 1 }, 'fp32'],
    ['small', { width: 128, blocks: 1 }, 'int8'],
    ['narrow', { width: 10, blocks: 1 }, 'fp32'],
    ['narrow', { width: 10, blocks: 1 }, 'int8'],
  ] as const)('gives a position the same bits in every batch (%s, %o, %s)', async (_, shape, precision) => {
    const game = new AzulGame(2);
    const network = new Network(2, shape);
    const evaluator = await openEvaluator({ network, weights: randomWeights(network, new Random(4)) }, { precision });
    const all = leavesOf(game, 40, 5);
    await evaluator.evaluate(all);
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 16, 17, 25, 39]) {
      const some = new Leaves(game, 64);
      const from = 40 - count;
      some.count = count;
      some.states.set(all.states.subarray(from * game.stateSize));
      some.logits.fill(5);
      await evaluator.evaluate(some);
      expect(some.logits.subarray(0, count * game.actions)).toEqual(all.logits.subarray(from * game.actions));
      expect(some.values.subarray(0, count * game.valueSize)).toEqual(all.values.subarray(from * game.valueSize));
      expect(some.logits.subarray(count * game.actions).every((v) => v === 5)).toBe(true);
    }
    await evaluator.close();
  });

  test('is the same after it is written and read', async () => {
    const path = join(temporaryFolder(), 'model.onnx');
    const network = new Network(3, { width: 8, blocks: 1 });
    const weights = randomWeights(network, new Random(6));
    writeFileSync(path, encodeNetwork(network, weights));
    const read = decodeNetwork(readFileSync(path), path);
    const leaves = [leavesOf(new AzulGame(3), 4, 7), leavesOf(new AzulGame(3), 4, 7)] as const;
    for (const [i, model] of [{ network, weights }, read].entries()) {
      const evaluator = await openEvaluator(model, { precision: 'fp32' });
      await evaluator.evaluate(leaves[i]!);
      await evaluator.close();
    }
    expect(leaves[0].logits).toEqual(leaves[1].logits);
    expect(leaves[0].values).toEqual(leaves[1].values);
  });
});
