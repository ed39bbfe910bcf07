import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { Network } from '../../../src/network/network.js';
import { azulTask } from '../../../src/training/step/azulTask.js';
import { checkDirections, checkGradients } from '../../../src/training/step/checkGradients.js';
import { valueLosses } from '../../../src/training/step/losses.js';
import { tensorflowBackend } from '../../../src/training/step/tensorflow/backend.js';
import { randomBatch, randomWeights, STEP } from '../helpers.js';

const network = new Network(2, { width: 6, blocks: 1 });
const random = new Random(4);
const weights = randomWeights(network, random);
const batch = randomBatch(network, 4, random, [1]);

beforeAll(() => {
  // No gradient flows through the second factor, so the gradient is half of the right one.
  valueLosses.register('halved', (graph, prediction, target) => {
    const error = graph.subtract(prediction, target);
    return graph.scale(error, error);
  });
});

const task = (changes: Partial<typeof STEP> = {}) => azulTask(network, { ...STEP, ...changes });

test('built-in losses pass, element by element, to the precision of 32 bits', async () => {
  for (const valueLoss of ['mse', 'mae', 'huber(delta=0.5)', 'mape']) {
    const parameters = ['policy.bias', 'takes.weight', 'outcome.weight', 'value.weight', 'ownership.bias'];
    const result = await checkGradients(task({ valueLoss, labelSmoothing: 0.1 }), weights, batch, { parameters });
    const sizes = parameters.map((name) => network.parameters.find((parameter) => parameter.name === name)!.size);
    expect(result.checked).toBe(sizes.reduce((a, b) => a + b));
    expect(result.maxError, valueLoss).toBeLessThan(1e-5);
    expect(result.worst.where).toMatch(/^[a-z]+\.(weight|bias)\[\d+\]$/);
  }
});

test('a wrong gradient is found and located', async () => {
  const { maxError, worst } = await checkGradients(task({ valueLoss: 'halved' }), weights, batch, {
    parameters: ['value.bias', 'margin.bias'],
  });
  expect(maxError).toBeGreaterThan(0.4);
  expect(worst.where).toMatch(/^value\.bias/);
  expect(worst.slope / worst.gradient).toBeCloseTo(2, 3);
});

test('random directions check all parameters at once, and find a wrong gradient too', async () => {
  const right = await checkDirections(task(), weights, batch);
  expect(right.checked).toBe(10);
  expect(right.maxError).toBeLessThan(1e-5);
  expect((await checkDirections(task({ valueLoss: 'halved' }), weights, batch)).maxError).toBeGreaterThan(1e-3);
});

test('gradients of another backend are checked in the same way', async () => {
  await tf.setBackend('cpu');
  const result = await checkDirections(task(), weights, batch, { backend: tensorflowBackend(tf), directions: 3 });
  expect(result.maxError).toBeLessThan(1e-4);
});

test('an unknown parameter is named, and the known ones are listed', async () => {
  await expect(checkGradients(task(), weights, batch, { parameters: ['value.bais'] })).rejects.toThrow(
    /there is no parameter 'value.bais'; known are input.weight, input.bias/,
  );
});
