import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Graph } from '../../../../src/network/graph.js';
import { encodeModel } from '../../../../src/network/onnxModel.js';
import { createSession } from '../../../../src/network/onnxSession.js';
import * as ort from '../../../../src/network/ort.js';
import {
  accuracy,
  crossEntropy,
  entropy,
  klDivergence,
  logSoftmax,
  softmax,
  topAccuracy,
} from '../../../../src/training/step/metrics/classification.js';

// Softmax 1/2, 1/4, 1/4, then 1/3 each.
const LOGITS = [Math.log(2), 0, 0, 5, 5, 5];
const DENSE = [0.5, 0.5, 0, 0, 0, 1];

describe('compared with values by hand', () => {
  test('softmax and its logarithms', () => {
    [1 / 2, 1 / 4, 1 / 4, 1 / 3, 1 / 3, 1 / 3].forEach((p, i) => {
      expect(softmax(LOGITS, 3)[i]).toBeCloseTo(p, 14);
      expect(logSoftmax(LOGITS, 3)[i]).toBeCloseTo(Math.log(p), 14);
    });
  });

  test('cross-entropy, dense and sparse, with each reduction', () => {
    const first = 0.5 * Math.log(2) + 0.5 * Math.log(4);
    expect([...crossEntropy(LOGITS, DENSE, 3, 'none')]).toEqual([
      expect.closeTo(first, 14),
      expect.closeTo(Math.log(3), 14),
    ]);
    expect(crossEntropy(LOGITS, DENSE, 3, 'sum')).toBeCloseTo(first + Math.log(3), 14);
    expect(crossEntropy(LOGITS, DENSE, 3)).toBeCloseTo((first + Math.log(3)) / 2, 14);
    expect(crossEntropy(LOGITS, [0, 2], 3, 'sum')).toBeCloseTo(Math.log(2) + Math.log(3), 14);
  });

  test('entropy and divergence', () => {
    expect(entropy(DENSE, 3)).toBeCloseTo(Math.log(2) / 2, 14);
    const first = 0.5 * Math.log(0.5 / 0.5) + 0.5 * Math.log(0.5 / 0.25);
    expect(klDivergence(LOGITS, DENSE, 3)).toBeCloseTo((first + Math.log(3)) / 2, 14);
  });

  test('accuracy: equal logits rank by their column, dense targets by their maximum', () => {
    const logits = [3, 1, 2, 0, /**/ 0, 1, 2, 3, /**/ 1, 1, 1, 1];
    expect(accuracy(logits, [0, 0, 0], 4)).toBeCloseTo(2 / 3, 14);
    expect(topAccuracy(logits, [2, 1, 1], 4, 2)).toBeCloseTo(2 / 3, 14);
    expect(topAccuracy(logits, [2, 1, 1], 4, 3)).toBe(1);
    expect(accuracy(logits, [0.4, 0.3, 0.3, 0, /**/ 0, 0, 0.5, 0.5, /**/ 0.2, 0.5, 0.2, 0.1], 4)).toBeCloseTo(
      1 / 3,
      14,
    );
  });

  test('masked columns get no probability, and large logits do not overflow', () => {
    expect([...softmax([1000, 1000, -1e9], 3)]).toEqual([expect.closeTo(0.5, 14), expect.closeTo(0.5, 14), 0]);
    expect(crossEntropy([1000, 0], [1], 2)).toBe(1000);
  });
});

const rows = fc.array(fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 4, maxLength: 4 }), {
  minLength: 1,
  maxLength: 8,
});

test('properties: rows sum to 1, shifts change nothing, sparse is one-hot, divergence is 0 from itself and never negative', () => {
  fc.assert(
    fc.property(rows, fc.double({ min: -50, max: 50, noNaN: true }), fc.nat(), (lines, shift, seed) => {
      const logits = lines.flat();
      const p = softmax(logits, 4);
      for (let i = 0; i < p.length; i += 4) expect(p[i]! + p[i + 1]! + p[i + 2]! + p[i + 3]!).toBeCloseTo(1, 12);
      softmax(
        logits.map((x) => x + shift),
        4,
      ).forEach((value, i) => {
        expect(value).toBeCloseTo(p[i]!, 12);
      });
      const classes = lines.map((_, row) => (seed + row) % 4);
      const oneHot = classes.flatMap((target) => [0, 1, 2, 3].map((column) => Number(column === target)));
      expect(crossEntropy(logits, oneHot, 4)).toBeCloseTo(crossEntropy(logits, classes, 4), 10);
      expect(accuracy(logits, oneHot, 4)).toBe(accuracy(logits, classes, 4));
      expect(klDivergence(logits, p, 4)).toBeCloseTo(0, 10);
      expect(klDivergence(logits, oneHot, 4)).toBeGreaterThanOrEqual(-1e-12);
      expect(topAccuracy(logits, classes, 4, 4)).toBe(1);
    }),
  );
});

test('logSoftmax equals what the graph computes in 32 bits', async () => {
  const graph = new Graph();
  graph.name(graph.logSoftmax('x'), 'y');
  const session = await createSession(encodeModel(graph, { x: ['n', 3] }, { y: ['n', 3] }));
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(LOGITS), [2, 3]) });
  const expected = logSoftmax(LOGITS, 3);
  (y!.data as Float32Array).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 6);
  });
  await session.release();
});

test('targets that match neither rows nor logits are an error', () => {
  expect(() => accuracy(LOGITS, [1, 2, 3], 3)).toThrow(/3 targets do not match 6 logits in 3 columns/);
});
