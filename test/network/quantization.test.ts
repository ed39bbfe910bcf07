import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { calibrate } from '../../src/network/calibration.js';
import { Encoder } from '../../src/network/encoding.js';
import { Network } from '../../src/network/network.js';
import { openEvaluator } from '../../src/network/onnxInference.js';
import { quantizeColumns, quantizedLayers, type Ranges } from '../../src/network/quantization.js';
import { leavesOf, randomWeights } from '../training/helpers.js';
import { type ReferenceLayer, referenceForward, referenceLinear } from './referenceNetwork.js';

/** Layers in integers, one product after the other. */
function quantizedReference(network: Network, weights: Float32Array, ranges: Ranges): ReferenceLayer {
  const inFloats = referenceLinear(network, weights);
  return (x, name) => {
    const greatest = ranges[name];
    if (greatest === undefined) return inFloats(x, name);
    const matrix = network.parameters.find((p) => p.name === `${name}.weight`)!;
    const bias = network.parameters.find((p) => p.name === `${name}.bias`)!;
    const step = Math.fround(greatest / 127);
    const q = Array.from(x, (v) => roundHalfToEven(Math.min(v, greatest) / step));
    return Array.from({ length: bias.size }, (_, j) => {
      const column = Array.from(x, (_, i) => weights[matrix.start + i * bias.size + j]!);
      const scale = Math.fround(Math.max(...column.map(Math.abs)) / 127);
      const sum = column.reduce((total, w, i) => total + q[i]! * Math.round(w / scale), 0);
      return sum * step * scale + weights[bias.start + j]!;
    });
  };
}

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

describe('a network in 8 bits', () => {
  const network = new Network(2, { width: 32, blocks: 1 });
  const weights = randomWeights(network, new Random(1));
  const game = new AzulGame(2);

  test('computes all layers but the few value columns in integers, and its inputs, whole hundredths, are exact', async () => {
    expect(quantizedLayers(network)).toEqual(['input', 'block0.first', 'block0.second', 'policy', 'takes', 'outcome']);
    expect((await calibrate(network, weights)).input).toBe(127 / 100);
  });

  test('agrees with integer arithmetic by hand, and nearly agrees with floats', async () => {
    const ranges = await calibrate(network, weights);
    const evaluators = [
      await openEvaluator({ network, weights, ranges }),
      await openEvaluator({ network, weights }, { precision: 'fp32' }),
    ];
    const [integers, floats] = [leavesOf(game, 40, 2), leavesOf(game, 40, 2)];
    await evaluators[0]!.evaluate(integers);
    await evaluators[1]!.evaluate(floats);
    for (const evaluator of evaluators) await evaluator.close();

    const encoder = new Encoder(2);
    const inputs = new Float32Array(encoder.inputs);
    const layer = quantizedReference(network, weights, ranges);
    const differences = { hand: 0, floats: 0, size: 0 };
    for (let row = 0; row < integers.count; row++) {
      encoder.encode(integers.states, row * game.stateSize, inputs, 0);
      referenceForward(network, weights, inputs, layer).logits.forEach((logit, a) => {
        const at = row * game.actions + a;
        differences.hand += Math.abs(integers.logits[at]! - logit);
        differences.floats += Math.abs(integers.logits[at]! - floats.logits[at]!);
        differences.size += Math.abs(floats.logits[at]!);
      });
    }
    // A value on the edge between two integers may be rounded either way in 32 bits.
    expect(differences.hand / differences.size).toBeLessThan(1e-4);
    expect(differences.floats / differences.size).toBeLessThan(0.05);
    expect(differences.floats / differences.size).toBeGreaterThan(1e-3);
  });
});

test('each column has its own step', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9000, max: 9000 }), fc.integer({ min: -9, max: 9 })), { minLength: 1 }),
      (rows) => {
        const weights = Float32Array.from(rows.flat(), (n) => n / 1000);
        const { integers, scales } = quantizeColumns(weights, 2);
        weights.forEach((weight, i) => {
          const scale = scales[i % 2]!;
          expect(Math.abs(integers[i]! * scale - weight)).toBeLessThanOrEqual(0.5001 * scale);
          expect(Math.abs(integers[i]!)).toBeLessThanOrEqual(127);
        });
      },
    ),
  );
});

describe('calibration', () => {
  test.each([2, 4])(
    'of %i players finds the same ranges again, and they hold for nearly all positions of play',
    async (players) => {
      const network = new Network(players, { width: 16, blocks: 1 });
      const weights = randomWeights(network, new Random(3));
      const ranges = await calibrate(network, weights);
      expect(await calibrate(network, weights)).toEqual(ranges);

      const encoder = new Encoder(players);
      const inputs = new Float32Array(encoder.inputs);
      const leaves = leavesOf(new AzulGame(players), 200, 4);
      const inFloats = referenceLinear(network, weights);
      let above = 0;
      let most = 0;
      for (let row = 0; row < leaves.count; row++) {
        encoder.encode(leaves.states, row * leaves.game.stateSize, inputs, 0);
        referenceForward(network, weights, inputs, (x, name) => {
          const greatest = Math.max(...Array.from(x));
          if (name === 'policy') {
            if (greatest > ranges.policy!) above++;
            most = Math.max(most, greatest);
          }
          return inFloats(x, name);
        });
      }
      expect(above).toBeLessThan(0.1 * leaves.count);
      expect(ranges.policy).toBeLessThan(2 * most);
    },
  );
});
