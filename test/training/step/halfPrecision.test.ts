import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { Network } from '../../../src/network/network.js';
import { azulTask } from '../../../src/training/step/azulTask.js';
import type { TrainingPrecision } from '../../../src/training/step/backend.js';
import { LossScale } from '../../../src/training/step/lossScale.js';
import { onnxBackend } from '../../../src/training/step/onnxBackend.js';
import { restoreOptimizer, saveOptimizer } from '../../../src/training/step/optimizer.js';
import { TrainingStep } from '../../../src/training/step/trainingStep.js';
import { randomBatch, STEP } from '../helpers.js';

const network = new Network(2, { width: 32, blocks: 1 });
const weights = network.initialWeights(1);
const LOSSES = ['loss', 'policyLoss', 'valueLoss', 'marginLoss', 'ownershipLoss'] as const;

function create(precision: TrainingPrecision, changes: Partial<typeof STEP> = {}) {
  const settings = { ...STEP, ...changes };
  return TrainingStep.create(azulTask(network, settings), weights, settings, onnxBackend({ precision }));
}

describe('training in half precision on the cpu, where ONNX Runtime casts', () => {
  test.each([1, 3])('in %i micro-batches: values are rounded, and stay within 1e-2 of fp32', async (microBatches) => {
    const random = new Random(2);
    const [whole, half] = await Promise.all([create('fp32', { microBatches }), create('fp16', { microBatches })]);
    const first = randomBatch(network, 16, random);
    await whole.computeGradients(first);
    await half.computeGradients(first);
    const difference = whole.gradients.map((gradient, i) => gradient - half.gradients[i]!);
    expect(Math.hypot(...difference)).toBeLessThan(1e-2 * Math.hypot(...whole.gradients));
    expect(Math.hypot(...difference)).toBeGreaterThan(1e-5 * Math.hypot(...whole.gradients));
    for (let i = 0; i < 30; i++) {
      const batch = randomBatch(network, 16, random);
      const [expected, result] = [await whole.run(batch, 1e-3), await half.run(batch, 1e-3)];
      for (const name of LOSSES) expect(Math.abs(result[name] / expected[name] - 1)).toBeLessThan(1e-2);
      expect(result).toMatchObject({ lossScale: 2 ** 16, skipped: 0 });
      expect(expected).not.toHaveProperty('lossScale');
    }
    await whole.close();
    await half.close();
  });

  test('loss scaling keeps gradients that are too small for half precision', async () => {
    const small = { policyWeight: 1e-8, valueWeight: 1e-8, marginWeight: 0, ownershipWeight: 0 };
    const batch = randomBatch(network, 16, new Random(3));
    const [whole, half] = await Promise.all([create('fp32', small), create('fp16', small)]);
    await whole.computeGradients(batch);
    await half.computeGradients(batch);
    const norm = (gradients: Float32Array) => Math.hypot(...gradients);
    expect(norm(half.gradients) / norm(whole.gradients)).toBeCloseTo(1, 1);
    half.lossScale!.restore({ factor: 1, steps: 0 });
    await half.computeGradients(batch);
    expect(norm(half.gradients)).toBe(0);
    await whole.close();
    await half.close();
  });

  test('an overflow halves the scale and skips the step', async () => {
    const batch = randomBatch(network, 16, new Random(4));
    const step = await create('fp16', { averageDecay: 0.9 });
    step.lossScale!.restore({ factor: 2 ** 40, steps: 0 });
    expect(await step.run(batch, 1e-3)).toMatchObject({ lossScale: 2 ** 40, skipped: 1, gradientNorm: 0 });
    expect(step.lossScale!.factor).toBe(2 ** 39);
    expect(step.optimizer.step).toBe(0);
    expect(step.weights).toEqual(weights);
    expect(step.playingWeights).toEqual(weights);
    let tries = 1;
    while ((await step.run(batch, 1e-3)).skipped) tries++;
    expect(tries).toBeGreaterThan(10);
    expect(step.optimizer.step).toBe(1);
    await step.close();
  });

  test('a saved and restored step continues with the same bits', async () => {
    const batches = Array.from({ length: 6 }, (_, i) => randomBatch(network, 16, new Random(5, i)));
    const step = await create('fp16');
    step.lossScale!.restore({ factor: 2 ** 30, steps: 0 });
    const runAll = async (which: typeof step, some: typeof batches) => {
      for (const batch of some) await which.run(batch, 1e-3);
    };
    await runAll(step, batches.slice(0, 3));
    const saved = {
      weights: step.weights.slice(),
      optimizer: saveOptimizer(step.optimizer),
      scale: step.lossScale!.save(),
    };
    await runAll(step, batches.slice(3));
    const other = await create('fp16');
    other.weights.set(saved.weights);
    restoreOptimizer(other.optimizer, saved.optimizer);
    other.lossScale!.restore(JSON.parse(JSON.stringify(saved.scale)));
    await runAll(other, batches.slice(3));
    expect(other.weights).toEqual(step.weights);
    expect(other.lossScale!.save()).toEqual(step.lossScale!.save());
    await step.close();
    await other.close();
  });
});

describe('the loss scale', () => {
  test('doubles after 2000 steps in a row without an overflow, up to 2^24', () => {
    const scale = new LossScale(Float32Array.of(1));
    expect(scale.factor).toBe(2 ** 16);
    for (let i = 0; i < 1999; i++) expect(scale.observe(1)).toBe(false);
    expect(scale.observe(Number.POSITIVE_INFINITY)).toBe(true);
    expect(scale.factor).toBe(2 ** 15);
    for (let i = 0; i < 1999; i++) scale.observe(1);
    expect(scale.factor).toBe(2 ** 15);
    scale.observe(1);
    expect(scale.factor).toBe(2 ** 16);
    for (let i = 0; i < 100 * 2000; i++) scale.observe(1);
    expect(scale.factor).toBe(2 ** 24);
  });

  test('does not fall below 1: an overflow at 1 is an error of the step', () => {
    const scale = new LossScale(Float32Array.of(1));
    for (let i = 0; i < 16; i++) expect(scale.observe(Number.NaN)).toBe(true);
    expect(scale.factor).toBe(1);
    expect(scale.observe(Number.NaN)).toBe(false);
    expect(scale.factor).toBe(1);
  });
});
