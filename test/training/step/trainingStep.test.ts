import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { Graph } from '../../../src/network/graph.js';
import { onnxBackend } from '../../../src/training/step/onnxBackend.js';
import { tensorflowBackend } from '../../../src/training/step/tensorflow/backend.js';
import { type Feed, TrainingStep, type TrainingTask } from '../../../src/training/step/trainingStep.js';
import { STEP } from '../helpers.js';

/** Linear regression, a graph without Azul: the mean of (x·w + b - y)² over the rows. */
function regression(): TrainingTask<Feed, { loss: number; predictions: Float32Array }> {
  const graph = new Graph();
  const prediction = graph.linear('x', 'w', 'b');
  const squares = graph.square(graph.subtract(prediction, 'y'));
  return {
    graph,
    parameters: [
      { name: 'w', dims: [2, 1], start: 0, size: 2 },
      { name: 'b', dims: [1], start: 2, size: 1 },
    ],
    inputs: { x: ['batch', 2], y: ['batch', 1], rowWeight: ['batch', 1] },
    scalars: { loss: graph.sum(graph.scale(squares, 'rowWeight')) },
    outputs: { prediction: { tensor: prediction, columns: 1 } },
    weights: { loss: 1 },
    feed: (batch) => batch,
    measure: (_, scalars, { prediction: predictions }) => ({ loss: scalars.loss!, predictions: predictions! }),
  };
}

const BATCH: Feed = {
  rows: 3,
  inputs: {
    x: Float32Array.of(1, 0, 0, 1, 2, -1),
    y: Float32Array.of(1, 2, 4),
    rowWeight: new Float32Array(3).fill(1 / 3),
  },
};
const WEIGHTS = Float32Array.of(2, -1, 0.5);
const SETTINGS = { ...STEP, optimizer: 'sgd', momentum: 0, weightDecay: 0, clipNorm: 100 } as const;

describe.each([
  ['onnx', onnxBackend()],
  ['tensorflow', tensorflowBackend(tf)],
])('a graph that is not that of Azul, with the backend %s', (_, backend) => {
  test.each([1, 2])(
    'in %i micro-batches: losses, outputs, gradients and the step match values by hand',
    async (microBatches) => {
      await tf.setBackend('cpu');
      const step = await TrainingStep.create(regression(), WEIGHTS, { ...SETTINGS, microBatches }, backend);
      const result = await step.run(BATCH, 0.1);
      // Predictions 2.5, -0.5 and 5.5, so the errors are 1.5, -2.5 and 1.5.
      expect([...result.predictions]).toEqual([2.5, -0.5, 5.5]);
      expect(result.loss).toBeCloseTo((2.25 + 6.25 + 2.25) / 3, 6);
      const gradients = [(2 * (1.5 + 3)) / 3, (2 * (-2.5 - 1.5)) / 3, (2 * 0.5) / 3];
      gradients.forEach((gradient, i) => {
        expect(step.gradients[i]).toBeCloseTo(gradient, 6);
        expect(step.weights[i]).toBeCloseTo(WEIGHTS[i]! - 0.1 * gradient, 6);
      });
      expect(result.gradientNorm).toBeCloseTo(Math.hypot(...gradients), 6);
      await step.close();
    },
  );
});

test('many steps find the least-squares solution', async () => {
  const step = await TrainingStep.create(regression(), WEIGHTS, SETTINGS);
  for (let i = 0; i < 500; i++) await step.run(BATCH, 0.1);
  const { loss } = await step.computeGradients(BATCH);
  // The points lie at equal distances in x, with y = 2, 1 and 4. The best line misses them by 2/3, 4/3 and 2/3.
  expect(loss).toBeCloseTo((4 + 16 + 4) / 9 / 3, 6);
  await step.close();
});
