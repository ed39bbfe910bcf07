import { describe, expect, test } from 'vitest';
import { parseSetting } from '../../../src/cli/train.js';
import { Random } from '../../../src/game/random.js';
import { Network } from '../../../src/network/network.js';
import { changeConfig, makeConfig } from '../../../src/training/config/config.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import {
  type Batch,
  emptyBatch,
  ILLEGAL,
  type SparsePolicies,
  type TrainingBatch,
} from '../../../src/training/data/batch.js';
import { azulTask } from '../../../src/training/step/azulTask.js';
import { computeLoss } from '../../../src/training/step/computeLoss.js';
import { policyLosses, valueLosses } from '../../../src/training/step/losses.js';
import type { LossSpec } from '../../../src/training/step/lossRegistry.js';
import { meanSquaredError } from '../../../src/training/step/metrics/regression.js';
import { OPTIMIZERS } from '../../../src/training/step/optimizer.js';
import { averageSteps, TrainingStep } from '../../../src/training/step/trainingStep.js';
import { randomBatch, randomWeights, STEP } from '../helpers.js';

const network = new Network(2, { width: 4, blocks: 1 });

/** Weights with which the network gives the same logits and values for every position. */
function constantWeights(
  logits: Record<number, number>,
  value: number[],
  margin: number[],
  ownership = 0,
): Float32Array {
  const weights = new Float32Array(network.size);
  const bias = (name: string) => network.parameters.find((p) => p.name === `${name}.bias`)!.start;
  for (const [action, logit] of Object.entries(logits)) weights[bias('policy') + Number(action)] = logit;
  value.forEach((v, i) => {
    weights[bias('value') + i] = Math.atanh(v);
    weights[bias('margin') + i] = Math.atanh(margin[i]!);
  });
  weights.fill(Math.atanh(ownership), bias('ownership'), bias('ownership') + 50);
  return weights;
}

/** A batch. Each row has these legal actions and these targets, or no policy if it is null. */
function batchOf(rows: ({ legal: number[]; target: Record<number, number> } | null)[]): Batch {
  const batch = emptyBatch(network, rows.length);
  rows.forEach((row, i) => {
    if (!row) return;
    const from = i * network.actions;
    batch.hasPolicy[i] = 1;
    batch.mask.fill(ILLEGAL, from, from + network.actions);
    for (const action of row.legal) batch.mask[from + action] = 0;
    for (const [action, p] of Object.entries(row.target)) batch.policy[from + Number(action)] = p;
  });
  return batch;
}

async function stepOn(weights: Float32Array, batch: TrainingBatch, changes: Partial<typeof STEP> = {}) {
  const step = await TrainingStep.create(azulTask(network, { ...STEP, ...changes }), weights, { ...STEP, ...changes });
  const measures = await step.computeGradients(batch);
  await step.close();
  return { ...measures, gradients: step.gradients };
}

function gradientOf(gradients: Float32Array, name: string): Float32Array {
  const { start, size } = network.parameters.find((p) => p.name === name)!;
  return gradients.subarray(start, start + size);
}

describe('losses compared with values by hand', () => {
  test('policy cross-entropy: probabilities 1/2, 1/4, 1/4 against 1/2, 1/2, 0', async () => {
    const weights = constantWeights({ 7: Math.log(2), 8: 0, 9: 0 }, [0, 0], [0, 0]);
    const { policyLoss, gradients } = await stepOn(
      weights,
      batchOf([{ legal: [7, 8, 9], target: { 7: 0.5, 8: 0.5 } }]),
    );
    expect(policyLoss).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(4), 6);
    const bias = gradientOf(gradients, 'policy.bias');
    expect(bias[7]).toBeCloseTo(0, 6);
    expect(bias[8]).toBeCloseTo(0.25 - 0.5, 6);
    expect(bias[9]).toBeCloseTo(0.25, 6);
  });

  test('temperature 2 halves the logits: probabilities 2/3 and 1/3 from logits 2 ln 2 and 0', async () => {
    const weights = constantWeights({ 0: 2 * Math.log(2), 1: 0 }, [0, 0], [0, 0]);
    const batch = batchOf([{ legal: [0, 1], target: { 0: 1 } }]);
    const { policyLoss, gradients } = await stepOn(weights, batch, { policyTemperature: 2 });
    expect(policyLoss).toBeCloseTo(Math.log(3 / 2), 6);
    expect(gradientOf(gradients, 'policy.bias')[1]).toBeCloseTo(1 / 3 / 2, 6);
  });

  test('the policy loss is the mean over the rows that have a policy', async () => {
    const weights = constantWeights({ 0: 0, 1: 0, 2: 0, 3: 0 }, [0, 0], [0, 0]);
    const batch = batchOf([{ legal: [0, 1], target: { 0: 1 } }, null, { legal: [0, 1, 2, 3], target: { 1: 1 } }, null]);
    expect((await stepOn(weights, batch)).policyLoss).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 6);
  });

  test('value and margin losses are means over rows and seats, the total is weighted', async () => {
    const weights = constantWeights({}, [0.5, -0.5], [0.25, 0]);
    const batch = batchOf([null, null]);
    batch.outcome.set([1, -1, -1, 1]);
    batch.margin.set([0.25, 0.5, -0.75, 0]);
    batch.ownership.fill(-1);
    const { loss, policyLoss, valueLoss, marginLoss, ownershipLoss } = await stepOn(weights, batch, {
      valueWeight: 2,
      marginWeight: 3,
      ownershipWeight: 4,
    });
    expect(policyLoss).toBeCloseTo(0, 10);
    expect(valueLoss).toBeCloseTo((0.25 + 0.25 + 2.25 + 2.25) / 4, 6);
    expect(marginLoss).toBeCloseTo((0 + 0.25 + 1 + 0) / 4, 6);
    expect(ownershipLoss).toBeCloseTo(1, 6);
    expect(loss).toBeCloseTo(2 * valueLoss + 3 * marginLoss + 4 * ownershipLoss, 6);
  });

  test.each([
    // The errors in the values are -0.5, 1.5, 0 and 2.
    ['mse', (0.25 + 2.25 + 0 + 4) / 4, [-1, 3, 0, 4]],
    ['mae', (0.5 + 1.5 + 0 + 2) / 4, [-1, 1, 0, 1]],
    ['huber', (0.125 + 1 + 0 + 1.5) / 4, [-0.5, 1, 0, 1]],
    ['huber(delta=0.5)', (0.125 + 0.5 * 1.25 + 0 + 0.5 * 1.75) / 4, [-0.5, 0.5, 0, 0.5]],
    ['huber(delta=2)', (0.125 + 1.125 + 0 + 2) / 4, [-0.5, 1.5, 0, 2]],
    ['mape', (0.5 / 0.75 + 1.5 + 0 + 2 / 1.5) / 4, [-1 / 0.75, 1, 0, 1 / 1.5]],
    ['mape(epsilon=1)', (0.5 + 1.5 + 0 + 2 / 1.5) / 4, [-1, 1, 0, 1 / 1.5]],
  ])('value loss %s, and its gradient', async (valueLoss, expected, slopes) => {
    const batch = batchOf([null, null]);
    batch.outcome.set([0.75, -1, 0.25, -1.5]);
    const found = await stepOn(constantWeights({}, [0.25, 0.5], [0, 0]), batch, { valueLoss });
    expect(found.valueLoss).toBeCloseTo(expected, 6);
    // The bias of a seat lies behind the tanh, and both rows share it.
    const bias = gradientOf(found.gradients, 'value.bias');
    expect(bias[0]).toBeCloseTo(((slopes[0]! + slopes[2]!) / 4) * (1 - 0.25 ** 2), 6);
    expect(bias[1]).toBeCloseTo(((slopes[1]! + slopes[3]!) / 4) * (1 - 0.5 ** 2), 6);
  });

  test('the ownership loss is the mean over rows, seats and cells', async () => {
    const batch = batchOf([null, null]);
    batch.ownership.fill(1);
    batch.ownership.fill(-1, 0, 10);
    const weights = constantWeights({}, [0, 0], [0, 0], 0.5);
    const { ownershipLoss, gradients } = await stepOn(weights, batch);
    expect(ownershipLoss).toBeCloseTo((10 * 2.25 + 90 * 0.25) / 100, 6);
    const bias = gradientOf(gradients, 'ownership.bias');
    // The first row wants the first ten cells empty, the second wants them filled.
    expect(bias[0]).toBeCloseTo((0.15 * 2 * (1.5 - 0.5) * 0.75) / 100, 7);
    expect(bias[10]).toBeCloseTo((0.15 * 2 * (-0.5 - 0.5) * 0.75) / 100, 7);
  });

  test('label smoothing spreads its fraction over the legal actions alone', async () => {
    const weights = constantWeights({ 7: Math.log(2), 8: 0, 9: 0 }, [0, 0], [0, 0]);
    const batch = batchOf([{ legal: [7, 8, 9], target: { 7: 1 } }]);
    const { policyLoss, gradients } = await stepOn(weights, batch, { labelSmoothing: 0.3 });
    // Probabilities 1/2, 1/4, 1/4 against 0.8, 0.1, 0.1.
    expect(policyLoss).toBeCloseTo(0.8 * Math.log(2) + 0.2 * Math.log(4), 6);
    const bias = gradientOf(gradients, 'policy.bias');
    expect([...bias.subarray(7, 10)].map((g) => Math.round(g * 1e6))).toEqual([-300_000, 150_000, 150_000]);
    expect(bias.every((g, action) => (action >= 7 && action < 10) || g === 0)).toBe(true);
  });

  test('policy accuracy: one of two rows is right; masked favourites and rows without policy do not count', async () => {
    const weights = constantWeights({ 5: 9, 1: 1, 2: 0.5 }, [0, 0], [0, 0]);
    const batch = batchOf([
      { legal: [1, 2], target: { 1: 0.6, 2: 0.4 } },
      { legal: [1, 2], target: { 1: 0.4, 2: 0.6 } },
      null,
    ]);
    expect((await stepOn(weights, batch)).policyAccuracy).toBeCloseTo(0.5, 6);
  });
});

test('masked actions get no probability and no gradient, however large their logits', async () => {
  const weights = constantWeights({ 0: 0, 1: 0, 50: 80, 179: 1e6 }, [0, 0], [0, 0]);
  const { policyLoss, gradients } = await stepOn(weights, batchOf([{ legal: [0, 1], target: { 0: 1 } }]));
  expect(policyLoss).toBeCloseTo(Math.log(2), 6);
  const bias = gradientOf(gradients, 'policy.bias');
  expect(bias[0]).toBeCloseTo(-0.5, 6);
  expect(bias[1]).toBeCloseTo(0.5, 6);
  expect(bias.every((g, action) => action < 2 || g === 0)).toBe(true);
});

test('sparse target policies give what dense ones give, bit for bit', async () => {
  const random = new Random(12);
  const weights = randomWeights(network, random);
  const dense = randomBatch(network, 6, random, [0, 4]);
  const entries = [...dense.policy.entries()].filter(([, p]) => p > 0);
  const before = (at: number) => entries.filter(([i]) => i < at).length;
  const policy: SparsePolicies = {
    starts: Array.from({ length: 7 }, (_, row) => before(row * network.actions)),
    actions: Uint16Array.from(entries, ([i]) => i % network.actions),
    probabilities: Float32Array.from(entries, ([, p]) => p),
  };
  expect(entries.length).toBeLessThan(dense.policy.length / 2);
  const found = await stepOn(weights, { ...dense, policy });
  expect(found).toEqual(await stepOn(weights, dense));
  expect(found.policyLoss).toBeGreaterThan(0.1);
});

test.each([2, 3, 7, 16])(
  '%i micro-batches give the losses and the gradient of the whole batch',
  async (microBatches) => {
    const random = new Random(13);
    const weights = randomWeights(network, random);
    // Rows without policy are spread unevenly, so a mean for each micro-batch would differ.
    const batch = randomBatch(network, 7, random, [0, 1, 2, 6]);
    const whole = await stepOn(weights, batch);
    const { gradients, ...losses } = await stepOn(weights, batch, { microBatches });
    for (const [name, loss] of Object.entries(losses)) expect(loss).toBeCloseTo(whole[name as 'loss'], 6);
    const greatest = gradients.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
    expect(greatest).toBeGreaterThan(0.01);
    gradients.forEach((g, i) => {
      expect(Math.abs(g - whole.gradients[i]!)).toBeLessThan(1e-6 * Math.max(1, greatest));
    });
  },
);

test('averageSteps returns the mean of every number', () => {
  const first = {
    loss: 1,
    policyLoss: 2,
    valueLoss: 3,
    marginLoss: 4,
    ownershipLoss: 8,
    gradientNorm: 5,
    policyAccuracy: 0,
    milliseconds: 7,
  };
  const second = Object.fromEntries(Object.entries(first).map(([key, v]) => [key, v + 2])) as typeof first;
  const expected = Object.fromEntries(Object.entries(first).map(([key, v]) => [key, v + 1]));
  expect(averageSteps([first, second])).toEqual(expected);
});

describe('the registry', () => {
  test('returns losses by name, accepts new ones, and refuses a name that is taken or unknown', async () => {
    valueLosses.register('quartic', (graph, prediction, target) =>
      graph.square(graph.square(graph.subtract(prediction, target))),
    );
    const batch = batchOf([null]);
    batch.outcome.set([1, 0.5]);
    const { valueLoss } = await stepOn(constantWeights({}, [0.5, 0], [0, 0]), batch, { valueLoss: 'quartic' });
    expect(valueLoss).toBeCloseTo(0.5 ** 4, 6);
    expect(makeConfig('tiny', { training: { valueLoss: 'quartic' } }).training.valueLoss).toBe('quartic');
    expect(() => makeConfig('tiny', { training: { policyLoss: 'quartic' } })).toThrow(/known are crossEntropy/);
    expect(() => valueLosses.register('mse', valueLosses.get('mae'))).toThrow(/there is already a value loss 'mse'/);
    expect(() => policyLosses.get('mse')).toThrow(/unknown policy loss 'mse'; known are crossEntropy/);
    await expect(stepOn(constantWeights({}, [0, 0], [0, 0]), batch, { marginLoss: 'no' })).rejects.toThrow(
      /loss 'no';/,
    );
  });

  test('accepts policy losses with settings', async () => {
    // The same cross-entropy, doubled.
    policyLosses.register('double', (graph, inputs, settings) =>
      graph.scale(policyLosses.get('crossEntropy')(graph, inputs, settings), graph.scalar(2)),
    );
    const weights = constantWeights({ 0: 2 * Math.log(2), 1: 0 }, [0, 0], [0, 0]);
    const batch = batchOf([{ legal: [0, 1], target: { 0: 1 } }]);
    const { policyLoss } = await stepOn(weights, batch, { policyLoss: 'double', policyTemperature: 2 });
    expect(policyLoss).toBeCloseTo(2 * Math.log(3 / 2), 6);
  });
});

describe('parameters', () => {
  test('are given as text or by name, keep their defaults, and are stored as text in a configuration', () => {
    expect(valueLosses.print('mse')).toBe('mse');
    expect(valueLosses.print(' huber ( delta = 0.5 ) ')).toBe('huber(delta=0.5)');
    expect(valueLosses.print({ name: 'huber', delta: 0.5 })).toBe('huber(delta=0.5)');
    const valueLoss = { name: 'mape', epsilon: 0.25 };
    expect(changeConfig(PRESETS.tiny!, { training: { valueLoss } }).training.valueLoss).toBe('mape(epsilon=0.25)');
    expect(changeConfig(PRESETS.tiny!, parseSetting('training.valueLoss=huber(delta=2)')).training.valueLoss).toBe(
      'huber(delta=2)',
    );
    expect(
      changeConfig(PRESETS.tiny!, parseSetting('training.marginLoss={"name":"huber","delta":2}')).training.marginLoss,
    ).toBe('huber(delta=2)');
  });

  test.each<[LossSpec, string]>([
    ['huber(detla=1)', "unknown parameter 'detla' of the loss huber; known are delta"],
    ['mse(delta=1)', "unknown parameter 'delta' of the loss mse; it has none"],
    ['hubert(delta=1)', "unknown value loss 'hubert'; known are mse, mae, huber, mape"],
    ['huber(delta=wide)', "the parameter delta of the loss huber is 'wide'; set a positive number"],
    ['huber(delta=)', "the parameter delta of the loss huber is ''; set a positive number"],
    [{ name: 'huber', delta: -1 }, "the parameter delta of the loss huber is '-1'; set a positive number"],
    ['huber(delta', "the value loss 'huber(delta' can't be read; write it as in huber(delta=0.5)"],
    ['huber(1)', "the value loss 'huber(1)' can't be read; write it as in huber(delta=0.5)"],
  ])('%o is refused in one line', (spec, message) => {
    expect(() => valueLosses.get(spec)).toThrow(message);
    expect(() => changeConfig(PRESETS.tiny!, { training: { valueLoss: spec } })).toThrow(
      `field training.valueLoss: ${message}`,
    );
  });

  test('of registered losses reach them: quantile loss compared with values by hand', async () => {
    valueLosses.register(
      'quantile',
      (graph, prediction, target, { q }) => {
        const error = graph.subtract(target, prediction);
        return graph.add(graph.scale(graph.abs(error), graph.scalar(0.5)), graph.scale(error, graph.scalar(q - 0.5)));
      },
      { q: 0.5 },
    );
    // Errors of 1 and -2: q · 1 and (1 - q) · 2.
    const [predictions, targets] = [Float32Array.of(0, 3), Float32Array.of(1, 1)];
    expect([...(await computeLoss('quantile', predictions, targets, 'none'))]).toEqual([0.5, 1]);
    expect(await computeLoss({ name: 'quantile', q: 0.25 }, predictions, targets)).toBeCloseTo((0.25 + 1.5) / 2, 6);
  });

  test('a name that a configuration cannot hold is refused', () => {
    expect(() => valueLosses.register('a(b)', valueLosses.get('mse'))).toThrow(/can't be named 'a\(b\)'/);
  });
});

test('a loss alone: mean, sum, or each element', async () => {
  const [predictions, targets] = [Float32Array.of(1, 0, -1), Float32Array.of(0, 0, 2)];
  expect([...(await computeLoss('huber(delta=0.5)', predictions, targets, 'none'))]).toEqual([0.375, 0, 1.375]);
  expect(await computeLoss('huber(delta=0.5)', predictions, targets, 'sum')).toBeCloseTo(1.75, 6);
  expect(await computeLoss('huber(delta=0.5)', predictions, targets)).toBeCloseTo(1.75 / 3, 6);
  expect(await computeLoss('mse', predictions, targets)).toBeCloseTo(meanSquaredError(predictions, targets), 6);
  await expect(computeLoss('mse', predictions, targets.subarray(1))).rejects.toThrow(/3 predictions do not match 2/);
});

describe('training', () => {
  test('overfits one batch: the policy loss falls to the entropy of its targets, the value losses to zero', async () => {
    const wide = new Network(2, { width: 48, blocks: 1 });
    const random = new Random(9);
    const batch = randomBatch(wide, 8, random, [2]);
    let entropy = 0;
    for (const p of batch.policy) if (p > 0) entropy -= (p * Math.log(p)) / 7;
    const step = await TrainingStep.create(azulTask(wide, STEP), wide.initialWeights(4), { ...STEP, weightDecay: 0 });
    for (let i = 0; i < 600; i++) await step.run(batch, i < 400 ? 3e-3 : 3e-4);
    const { policyLoss, valueLoss, marginLoss, ownershipLoss, policyAccuracy } = await step.run(batch, 0);
    await step.close();
    expect(policyLoss - entropy).toBeGreaterThan(-1e-5);
    expect(policyLoss - entropy).toBeLessThan(0.01);
    expect(valueLoss).toBeLessThan(0.001);
    expect(marginLoss).toBeLessThan(0.001);
    expect(ownershipLoss).toBeLessThan(0.001);
    expect(policyAccuracy).toBeCloseTo(1, 6);
  });

  test('changes its copy of the weights in place, and equal seeds end with the same bits', async () => {
    const run = async () => {
      const weights = network.initialWeights(5);
      const before = weights.slice();
      const step = await TrainingStep.create(azulTask(network, STEP), weights, STEP);
      const trained = step.weights;
      const random = new Random(6);
      for (let i = 0; i < 5; i++) await step.run(randomBatch(network, 7, random, [i]), 1e-2);
      await step.close();
      expect(weights).toEqual(before);
      expect(step.weights).toBe(trained);
      expect(trained).not.toEqual(before);
      return trained.slice();
    };
    expect(await run()).toEqual(await run());
  });

  test.each(OPTIMIZERS)('%s lowers the loss of a batch, and the average of its weights too', async (optimizer) => {
    const random = new Random(21);
    const batch = randomBatch(network, 8, random);
    const settings = { ...STEP, optimizer, averageDecay: 0.9 };
    const step = await TrainingStep.create(azulTask(network, STEP), network.initialWeights(4), settings);
    // The lower bound for every network: the entropy of the targets.
    const least = batch.policy.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0) / batch.size;
    const excess = async () => (await step.run(batch, 0)).loss - least;
    const first = await excess();
    const rate = optimizer === 'sgd' ? 0.05 : 5e-3;
    for (let i = 0; i < 200; i++) await step.run(batch, rate);
    expect(await excess()).toBeLessThan(0.35 * first);
    expect(step.playingWeights).not.toEqual(step.weights);
    step.weights.set(step.playingWeights);
    expect(await excess()).toBeLessThan(0.35 * first);
    await step.close();
  });

  test('accepts batches of different sizes in turn', async () => {
    const random = new Random(8);
    const weights = randomWeights(network, random);
    const step = await TrainingStep.create(azulTask(network, STEP), weights, STEP);
    for (const size of [1, 5, 2])
      expect((await step.run(randomBatch(network, size, random), 1e-3)).loss).toBeGreaterThan(0);
    await step.close();
  });
});
