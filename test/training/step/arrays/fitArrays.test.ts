import { describe, expect, test } from 'vitest';
import { Random } from '../../../../src/game/random.js';
import { type FitArraysOptions, fitArrays } from '../../../../src/training/step/arrays/fitArrays.js';
import { crossEntropy, softmax } from '../../../../src/training/step/metrics/classification.js';
import { meanSquaredError, rSquared } from '../../../../src/training/step/metrics/regression.js';

const random = new Random(2);
/** Exclusive or with noise, which no linear network separates. */
const points = Array.from({ length: 160 }, () => [random.int(2), random.int(2)]);
const xor: FitArraysOptions = {
  network: (graph, x, linear) => linear(graph.tanh(linear(x, 2, 8)), 8, 2),
  inputs: points.map((bits) => bits.map((bit) => bit + 0.1 * random.normal())),
  targets: points.map(([a, b]) => a! ^ b!),
  loss: 'crossEntropy',
  epochs: 40,
  learningRate: 0.03,
};
/** y = 3a - 2b + 1. */
const lines = Array.from({ length: 100 }, () => [random.normal(), random.normal()]);
const line: FitArraysOptions = {
  network: (_, x, linear) => linear(x, 2, 1),
  inputs: lines,
  targets: lines.map(([a, b]) => 3 * a! - 2 * b! + 1),
  loss: 'mse',
  epochs: 200,
  learningRate: 0.1,
  schedule: 'exponential',
  decaySteps: 600,
  weightDecay: 0,
};

describe('classification', () => {
  test('learns exclusive or; history, validation and predictions agree', async () => {
    const held = {
      inputs: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      targets: [0, 1, 1, 0],
    };
    const { history, bestEpoch, predict, weights, parameters } = await fitArrays({ ...xor, validation: held });
    expect(history.trainLoss).toHaveLength(40);
    for (const values of Object.values(history)) expect(values).toHaveLength(40);
    expect(history.trainMetric.at(-1)).toBe(1);
    expect(history.validationMetric.at(-1)).toBe(1);
    expect(history.trainMetric[0]).toBeLessThan(0.9);
    const logits = (await predict(held.inputs)).flatMap((row) => [...row]);
    expect(history.validationLoss[bestEpoch - 1]).toBeCloseTo(crossEntropy(logits, held.targets, 2), 5);
    expect(Math.min(...history.validationLoss)).toBe(history.validationLoss[bestEpoch - 1]);
    expect(softmax(logits, 2)[1]).toBeLessThan(0.1);
    expect(weights).toHaveLength(2 * 8 + 8 + 8 * 2 + 2);
    expect(parameters.map(({ name }) => name)).toEqual([
      'layer1.weight',
      'layer1.bias',
      'layer2.weight',
      'layer2.bias',
    ]);
  });

  test('dense one-hot targets give the same as sparse ones, bit for bit', async () => {
    const sparse = await fitArrays({ ...xor, epochs: 3 });
    const targets = xor.targets.map((target) => (target === 0 ? [1, 0] : [0, 1]));
    const dense = await fitArrays({ ...xor, targets, epochs: 3 });
    expect(dense.weights).toEqual(sparse.weights);
    expect(dense.history.validationLoss).toEqual(sparse.history.validationLoss);
  });

  test('the seed decides all random choices', async () => {
    const [a, b, c] = [
      await fitArrays({ ...xor, epochs: 2 }),
      await fitArrays({ ...xor, epochs: 2 }),
      await fitArrays({ ...xor, epochs: 2, seed: 7 }),
    ];
    expect(a.weights).toEqual(b.weights);
    expect(a.weights).not.toEqual(c.weights);
  });
});

describe('regression', () => {
  test('finds the coefficients of a line, with R² of 1', async () => {
    const { weights, history, bestEpoch } = await fitArrays(line);
    [3, -2, 1].forEach((coefficient, i) => {
      expect(weights[i]).toBeCloseTo(coefficient, 2);
    });
    expect(history.validationMetric[bestEpoch - 1]).toBeGreaterThan(0.999);
    // 80 examples in batches of 32: three steps an epoch.
    expect(history.learningRates[0]).toBeCloseTo(0.1 * (1e-4 / 0.1) ** (2 / 600), 8);
    expect(history.learningRates.at(-1)).toBeLessThan(2e-4);
  });

  test('with several outputs: the loss is the mean over rows and outputs', async () => {
    const targets = lines.map(([a, b]) => [a! + b!, a! - b!]);
    const validation = { inputs: lines.slice(0, 5), targets: targets.slice(0, 5) };
    const { history, predict } = await fitArrays({
      ...line,
      network: (_, x, linear) => linear(x, 2, 2),
      targets,
      validation,
      epochs: 1,
    });
    const predicted = (await predict(validation.inputs)).flatMap((row) => [...row]);
    expect(history.validationLoss[0]).toBeCloseTo(meanSquaredError(predicted, validation.targets.flat()), 5);
    expect(history.validationMetric[0]).toBeCloseTo(rSquared(predicted, validation.targets.flat()), 5);
  });
});

test('stops when the validation loss no longer falls, with the weights of the best epoch', async () => {
  // Targets of noise: only their mean can be learned.
  const noise = lines.map(() => random.normal());
  const network: FitArraysOptions['network'] = (graph, x, linear) => linear(graph.tanh(linear(x, 2, 32)), 32, 1);
  const { history, bestEpoch, predict } = await fitArrays({
    ...line,
    network,
    targets: noise,
    patience: 4,
    epochs: 500,
  });
  expect(history.trainLoss).toHaveLength(bestEpoch + 4);
  expect(bestEpoch).toBeLessThan(100);
  expect((await predict([[0, 0]]))[0]).toHaveLength(1);
});

test('clips the gradient: with a small maximum norm one sgd step moves at most rate times norm', async () => {
  const options = { ...line, optimizer: 'sgd', momentum: 0, schedule: 'constant', epochs: 1 } as const;
  const free = await fitArrays({ ...options, clipNorm: 1e9, learningRate: 1e-9 });
  const clipped = await fitArrays({ ...options, clipNorm: 0.01, learningRate: 1 });
  const moved = Math.hypot(...clipped.weights.map((weight, i) => weight - free.weights[i]!));
  expect(clipped.history.gradientNorms[0]).toBeGreaterThan(1);
  expect(moved).toBeGreaterThan(0.02);
  expect(moved).toBeLessThanOrEqual(0.0301);
});

test.each<[Partial<FitArraysOptions>, string]>([
  [{ targets: [1] }, '160 rows of inputs do not match 1 targets'],
  [{ targets: points.map(() => 2) }, 'target 0 is 2; classes go from 0 to 1'],
  [{ targets: points.map(() => [1, 0, 0]) }, 'target 0 has 3 numbers; the network has 2 outputs'],
  [{ inputs: points.map((_, i) => (i === 3 ? [1] : [1, 2])) }, 'row 3 of the inputs has 1 numbers, not 2'],
  [{ loss: 'mse' }, 'target 0 is one number; the network has 2 outputs'],
  [{ loss: 'hinge', targets: points }, "unknown value loss 'hinge'; known are mse, mae, huber, mape"],
  [{ schedule: 'linear' as 'cosine' }, "unknown schedule 'linear'; known are cosine, constant, step"],
  [{ validation: 0 }, 'a fraction of 0 of 160 examples leaves none to train or to validate on'],
  [{ inputs: [], targets: [] }, 'give at least one example'],
])('%o is refused in one line', async (changes, message) => {
  await expect(fitArrays({ ...xor, ...changes })).rejects.toThrow(message);
});
