import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { Network } from '../../../src/network/network.js';
import { azulTask } from '../../../src/training/step/azulTask.js';
import { type Dropout, dropoutMasks } from '../../../src/training/step/dropout.js';
import { onnxBackend } from '../../../src/training/step/onnxBackend.js';
import { tensorflowBackend } from '../../../src/training/step/tensorflow/backend.js';
import { TrainingStep } from '../../../src/training/step/trainingStep.js';
import { randomBatch, randomWeights, STEP } from '../helpers.js';

const DROPOUT: Dropout = { rate: 0.4, seed: 5 };
const network = new Network(2, { width: 12, blocks: 2 });
const weights = randomWeights(network, new Random(1));

beforeAll(() => tf.setBackend('cpu').then(() => {}));

describe('masks', () => {
  const columns = { first: 50, second: 30 };

  test('are 0 with the given probability, and their mean is 1', () => {
    const { first, second } = dropoutMasks(DROPOUT, { first: 400, second: 10 }, 100, 3);
    expect([...new Set(first)].sort()).toEqual([0, Math.fround(1 / 0.6)]);
    const dropped = first!.filter((factor) => factor === 0).length / first!.length;
    // Four standard deviations.
    expect(Math.abs(dropped - 0.4)).toBeLessThan(4 * Math.sqrt((0.4 * 0.6) / 40_000));
    expect(second).toHaveLength(1000);
  });

  test('depend only on the seed and the step', () => {
    const drawn = dropoutMasks(DROPOUT, columns, 4, 7);
    expect(dropoutMasks(DROPOUT, columns, 4, 7)).toEqual(drawn);
    expect(dropoutMasks(DROPOUT, columns, 4, 8)).not.toEqual(drawn);
    expect(dropoutMasks({ ...DROPOUT, seed: 6 }, columns, 4, 7)).not.toEqual(drawn);
    expect(new Set(dropoutMasks(DROPOUT, columns, 4, undefined).first)).toEqual(new Set([1]));
  });
});

describe.each([
  ['onnx', onnxBackend()],
  ['tensorflow', tensorflowBackend(tf)],
])('with the backend %s', (_, backend) => {
  const create = (dropout: Dropout | undefined, from = weights, microBatches = 1) =>
    TrainingStep.create(azulTask(network, STEP, dropout), from, { ...STEP, microBatches }, backend);

  test('the loss of a step is that of a network with the dropped units removed by hand', async () => {
    const batch = randomBatch(network, 1, new Random(2));
    const step = await create(DROPOUT);
    step.optimizer.step = 7;
    const dropped = await step.run(batch, 0);
    await step.close();
    // The factors of the units, for the single row, multiply the rows of the next layer's weights.
    const names = Object.keys(network.droppedLayers);
    const columns = Object.fromEntries(names.map((name) => [`dropout.${name}`, network.droppedLayers[name]!]));
    const masks = dropoutMasks(DROPOUT, columns, 1, 7);
    const byHand = weights.slice();
    for (const { name, dims, start, size } of network.parameters) {
      const layer =
        /^(block\d+)\.second\.weight$/.exec(name)?.[1] ??
        (/^(value|margin|ownership)\.weight$/.test(name) ? 'outcome' : undefined);
      if (layer === undefined) continue;
      for (let i = 0; i < size; i++) byHand[start + i]! *= masks[`dropout.${layer}`]![Math.floor(i / dims[1]!)]!;
    }
    const other = await create(undefined, byHand);
    const expected = await other.computeGradients(batch);
    await other.close();
    for (const name of ['loss', 'policyLoss', 'valueLoss', 'marginLoss', 'ownershipLoss'] as const) {
      expect(dropped[name]).toBeCloseTo(expected[name], 5);
    }
  });

  test('validation drops nothing, each step drops other units, and all micro-batches of a step drop the same units', async () => {
    const batch = randomBatch(network, 8, new Random(3));
    const [plain, step, parts] = await Promise.all([create(undefined), create(DROPOUT), create(DROPOUT, weights, 3)]);
    expect((await step.computeGradients(batch)).loss).toBeCloseTo((await plain.computeGradients(batch)).loss, 6);
    const first = await step.computeGradients(batch, 0);
    const gradients = step.gradients.slice();
    expect((await step.computeGradients(batch, 0)).loss).toBe(first.loss);
    expect((await step.computeGradients(batch, 1)).loss).not.toBe(first.loss);
    expect((await parts.computeGradients(batch, 0)).loss).toBeCloseTo(first.loss, 5);
    const scale = Math.max(...gradients.map(Math.abs));
    const differences = parts.gradients.map((gradient, i) => Math.abs(gradient - gradients[i]!));
    expect(Math.max(...differences)).toBeLessThan(1e-5 * scale);
    for (const made of [plain, step, parts]) await made.close();
  });
});

test('gradients are those of the loss with the same units dropped', async () => {
  const batch = randomBatch(network, 4, new Random(4));
  const step = await TrainingStep.create(azulTask(network, STEP, DROPOUT), weights, STEP);
  await step.computeGradients(batch, 2);
  const gradients = step.gradients.slice();
  const random = new Random(9);
  const direction = Float32Array.from(weights, () => random.normal());
  const lossAt = async (distance: number) => {
    step.weights.set(weights.map((w, i) => w + distance * direction[i]!));
    return (await step.computeGradients(batch, 2)).loss;
  };
  const slope = ((await lossAt(1e-3)) - (await lossAt(-1e-3))) / 2e-3;
  const expected = gradients.reduce((sum, gradient, i) => sum + gradient * direction[i]!, 0);
  expect(slope / expected).toBeCloseTo(1, 1);
  await step.close();
});
