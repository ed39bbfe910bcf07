import { expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { mergeModels } from '../../src/network/merging.js';
import { Network } from '../../src/network/network.js';
import { randomWeights } from '../training/helpers.js';
import { referenceForward } from './referenceNetwork.js';

function randomModel(players: number, width: number, blocks: number, random: Random) {
  const network = new Network(players, { width, blocks });
  return { network, weights: randomWeights(network, random).slice(0, network.playingSize) };
}

test.each([[[6, 10]], [[7, 5]], [[8]], [[4, 9, 6]]])(
  'networks of width %j become one that answers with their mean',
  (widths) => {
    const random = new Random(3);
    const models = widths.map((width) => randomModel(3, width, 2, random));
    const merged = mergeModels(models);
    expect(merged.network.shape).toEqual({ width: widths.reduce((a, b) => a + b), blocks: 2 });
    expect(merged.weights.length).toBe(merged.network.playingSize);
    for (let n = 0; n < 5; n++) {
      const inputs = Array.from({ length: merged.network.inputs }, () => (random.float() < 0.3 ? random.float() : 0));
      // Heads that only training needs are missing, and become NaN.
      const answer = referenceForward(merged.network, merged.weights, inputs);
      const parts = models.map(({ network, weights }) => referenceForward(network, weights, inputs));
      const mean = (of: (part: (typeof parts)[0]) => number) =>
        parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
      answer.logits.forEach(
        (logit, i) =>
          void expect(logit).toBeCloseTo(
            mean((part) => part.logits[i]!),
            5,
          ),
      );
      for (const head of ['value', 'margin'] as const) {
        answer[head].forEach(
          (value, i) => void expect(value).toBeCloseTo(Math.tanh(mean((part) => Math.atanh(part[head][i]!))), 5),
        );
      }
    }
  },
);

test('networks of another depth, or for other numbers of players, are refused', () => {
  const random = new Random(4);
  const first = randomModel(2, 6, 2, random);
  expect(() => mergeModels([first, randomModel(2, 6, 1, random)])).toThrow(
    "a network of 2 blocks for 2 players and a network of 1 blocks for 2 players can't be merged; name models with the same numbers of blocks and players",
  );
  expect(() => mergeModels([first, randomModel(3, 6, 2, random)])).toThrow(/for 2 players and .* for 3 players can't/);
});
