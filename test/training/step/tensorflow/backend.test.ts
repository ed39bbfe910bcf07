import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../../src/game/random.js';
import { Graph } from '../../../../src/network/graph.js';
import { Network, type NetworkShape } from '../../../../src/network/network.js';
import { azulTask } from '../../../../src/training/step/azulTask.js';
import type { CreateBackend, TrainingGraph } from '../../../../src/training/step/backend.js';
import { onnxBackend } from '../../../../src/training/step/onnxBackend.js';
import { tensorflowBackend } from '../../../../src/training/step/tensorflow/backend.js';
import { TrainingStep } from '../../../../src/training/step/trainingStep.js';
import { randomBatch, randomWeights, STEP } from '../../helpers.js';

const BACKENDS = { onnx: onnxBackend(), tensorflow: tensorflowBackend(tf) };

beforeAll(async () => {
  // TensorFlow prints an advertisement for its native backend otherwise.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

describe('both backends, from the same weights and batches', () => {
  test.each<[number, NetworkShape, Partial<typeof STEP>]>([
    [2, { width: 12, blocks: 2 }, {}],
    [3, { width: 8, blocks: 1 }, { policyTemperature: 0.6, marginWeight: 2, valueLoss: 'huber', labelSmoothing: 0.1 }],
    [4, { width: 6, blocks: 0 }, { valueWeight: 0, marginLoss: 'mae', ownershipLoss: 'huber', optimizer: 'sgd' }],
    [2, { width: 6, blocks: 1 }, { policyTemperature: 2.5, microBatches: 2, averageDecay: 0.9, optimizer: 'adam' }],
  ])('of %i players, %o, %o, have the same losses, gradients and steps', async (players, shape, changes) => {
    const network = new Network(players, shape);
    const random = new Random(players);
    const weights = randomWeights(network, random);
    const make = (backend: CreateBackend) =>
      TrainingStep.create(
        azulTask(network, { ...STEP, ...changes }),
        weights.slice(),
        { ...STEP, ...changes },
        backend,
      );
    const [onnx, tensorflow] = [await make(BACKENDS.onnx), await make(BACKENDS.tensorflow)];
    for (const size of [5, 1, 8]) {
      const batch = randomBatch(network, size, random, size > 1 ? [0] : []);
      const results = [await onnx.run(batch, 1e-2), await tensorflow.run(batch, 1e-2)];
      const [a, b] = results.map(({ milliseconds: _, ...measured }) => measured);
      expect(Object.keys(b!)).toEqual(Object.keys(a!));
      expect(worstDifference(Object.values(a!), Object.values(b!))).toBeLessThan(1e-5);
      expect(onnx.gradients.some((g) => g !== 0)).toBe(true);
      expect(worstDifference(onnx.gradients, tensorflow.gradients)).toBeLessThan(1e-5);
      expect(worstDifference(onnx.weights, tensorflow.weights)).toBeLessThan(1e-5);
    }
    expect(worstDifference(onnx.weights, weights)).toBeGreaterThan(1e-3);
    await onnx.close();
    await tensorflow.close();
  });
});

/** Scalars and gradients of a graph over x, [2, 3], and y, [2, 3], as a backend computes them. Only x is trained. */
async function compute(backend: CreateBackend, build: (graph: Graph) => string) {
  const graph = new Graph();
  const loss = build(graph);
  const training: TrainingGraph = {
    graph,
    parameters: [{ name: 'x', dims: [2, 3], start: 0, size: 6 }],
    inputs: { y: ['batch', 3] },
    scalars: { loss },
    outputs: {},
  };
  const arrays = {
    weights: Float32Array.of(0.5, -1.5, 2, 0.1, -0.3, 3),
    gradients: new Float32Array(6),
    scalars: { loss: new Float32Array(1) },
    lossScale: Float32Array.of(1),
  };
  const made = await backend(training, arrays);
  await made.run(2, { y: Float32Array.of(1, 2, -1, 0.2, -2, 0.4) });
  await made.close();
  return [...arrays.scalars.loss, ...arrays.gradients];
}

describe('gradients follow the graph', () => {
  test.each<[string, (graph: Graph) => string]>([
    ['not through a factor', (g) => g.sum(g.scale('x', g.op('Tanh', ['x'])))],
    ['not through a factor that is computed with a gradient', (g) => g.sum(g.scale('x', g.square('x')))],
    ['not through a summand', (g) => g.sum(g.square(g.shift(g.scale('x', 'y'), g.relu('x'))))],
    ['through both of two ways', (g) => g.sum(g.add(g.square(g.tanh('x')), g.scale(g.logSoftmax('x'), 'y')))],
  ])('%s', async (_, build) => {
    const [onnx, tensorflow] = [await compute(BACKENDS.onnx, build), await compute(BACKENDS.tensorflow, build)];
    expect(worstDifference(onnx, tensorflow)).toBeLessThan(1e-5);
    expect(new Set(onnx).size).toBe(7);
  });
});

describe('tensors', () => {
  const network = new Network(2, { width: 4, blocks: 1 });

  test('do not leak: the count is the same after many steps as after one, and zero at the end', async () => {
    const random = new Random(1);
    const before = tf.memory().numTensors;
    const step = await TrainingStep.create(
      azulTask(network, STEP),
      randomWeights(network, random),
      STEP,
      BACKENDS.tensorflow,
    );
    const batch = randomBatch(network, 4, random);
    const held = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) {
      await step.run(batch, 1e-3);
      expect(tf.memory().numTensors).toBe(held);
    }
    await step.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('do not leak when a step fails', async () => {
    const random = new Random(2);
    const step = await TrainingStep.create(
      azulTask(network, STEP),
      randomWeights(network, random),
      STEP,
      BACKENDS.tensorflow,
    );
    const held = tf.memory().numTensors;
    const batch = { ...randomBatch(network, 4, random), outcome: new Float32Array(3) };
    await expect(step.run(batch, 1e-3)).rejects.toThrow(/shape/);
    expect(tf.memory().numTensors).toBe(held);
    await step.close();
  });
});

test('an operator that TensorFlow lacks is named', async () => {
  await expect(compute(BACKENDS.tensorflow, (g) => g.sum(g.scale('x', g.op('Erf', ['y']))))).rejects.toThrow(
    /does not support the ONNX operator Erf; train with the backend onnx/,
  );
});
