import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { Network, type NetworkShape } from '../../../src/network/network.js';
import type { Batch } from '../../../src/training/data/batch.js';
import { azulTask } from '../../../src/training/step/azulTask.js';
import type { LossSettings } from '../../../src/training/step/heads.js';
import type { LossSpec } from '../../../src/training/step/lossRegistry.js';
import { type StepSettings, TrainingStep } from '../../../src/training/step/trainingStep.js';
import { referenceLosses, slopes } from '../../network/referenceNetwork.js';
import { randomBatch, randomWeights, STEP } from '../helpers.js';

async function gradientsOf(
  network: Network,
  weights: Float32Array,
  batch: Batch,
  settings: StepSettings & LossSettings,
) {
  const step = await TrainingStep.create(azulTask(network, settings), weights, settings);
  const results = await step.computeGradients(batch);
  await step.close();
  return { gradients: step.gradients, results };
}

const all = (loss: LossSpec) => ({ valueLoss: loss, marginLoss: loss, ownershipLoss: loss });

describe('the training graph', () => {
  test.each<[players: number, shape: NetworkShape, changes: Partial<LossSettings>]>([
    [2, { width: 8, blocks: 2 }, {}],
    [3, { width: 6, blocks: 1 }, { ...all('huber'), labelSmoothing: 0.1, policyTemperature: 0.6, valueWeight: 1.5 }],
    [
      4,
      { width: 4, blocks: 0 },
      { ...all('mae'), marginLoss: 'huber(delta=0.3)', labelSmoothing: 1, policyTemperature: 2.5, policyWeight: 0.7 },
    ],
  ])('for %i players, %o, %o: every gradient agrees with central differences', async (players, shape, changes) => {
    const network = new Network(players, shape);
    const settings = { ...STEP, ...changes };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.subarray([0, 1, 2], { maxLength: 2 }), async (seed, waits) => {
        const random = new Random(seed);
        const weights = randomWeights(network, random);
        const batch = randomBatch(network, 3, random, waits);
        const { gradients, results } = await gradientsOf(network, weights, batch, settings);

        const expected = referenceLosses(network, weights, batch, settings);
        for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
          expect(results[name], name).toBeCloseTo(expected[name], 5);
        }
        const slope = slopes((w) => referenceLosses(network, w, batch, settings).loss, weights);
        for (const { name, start, size } of network.parameters) {
          let worst = 0;
          for (let i = start; i < start + size; i++) worst = Math.max(worst, Math.abs(gradients[i]! - slope[i]!));
          expect(worst, name).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 2, seed: players },
    );
  });

  test('a batch without any target policy trains the values alone', async () => {
    const network = new Network(2, { width: 4, blocks: 1 });
    const random = new Random(3);
    const weights = randomWeights(network, random);
    const batch = randomBatch(network, 2, random, [0, 1]);
    const { gradients, results } = await gradientsOf(network, weights, batch, STEP);
    expect(results.policyLoss).toBeCloseTo(0, 10);
    expect(results.policyAccuracy).toBe(0);
    expect(results.valueLoss).toBeGreaterThan(0);
    expect(gradients.every(Number.isFinite)).toBe(true);
    for (const { name, start, size } of network.parameters) {
      const zero = gradients.subarray(start, start + size).every((g) => g === 0);
      expect(zero, name).toBe(/^(policy|takes)\./.test(name));
    }
  });
});
