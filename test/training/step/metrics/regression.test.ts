import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  regressionMetrics,
  rootMeanSquaredError,
  rSquared,
} from '../../../../src/training/step/metrics/regression.js';

const predictions = Float32Array.of(1, -0.5, 0.25, 2);
const targets = Float32Array.of(0.5, -1, 0.25, 0.05);

test('metrics compared with values by hand: errors of 0.5, 0.5, 0 and 1.95', () => {
  const squares = 0.25 + 0.25 + 1.95 ** 2;
  expect(meanSquaredError(predictions, targets)).toBeCloseTo(squares / 4, 6);
  expect(rootMeanSquaredError(predictions, targets)).toBeCloseTo(Math.sqrt(squares / 4), 6);
  expect(meanAbsoluteError(predictions, targets)).toBeCloseTo(2.95 / 4, 6);
  // The last target is nearer to 0 than ε.
  expect(meanAbsolutePercentageError(predictions, targets)).toBeCloseTo((1 + 0.5 + 0 + 1.95 / 0.1) / 4, 5);
  expect(meanAbsolutePercentageError(predictions, targets, 1)).toBeCloseTo((0.5 + 0.5 + 0 + 1.95) / 4, 6);
  const mean = -0.2 / 4;
  const variance = (0.5 - mean) ** 2 + (-1 - mean) ** 2 + (0.25 - mean) ** 2 + (0.05 - mean) ** 2;
  expect(rSquared(predictions, targets)).toBeCloseTo(1 - squares / variance, 5);
});

test('all metrics at once equal each one alone', () => {
  expect(regressionMetrics(predictions, targets)).toEqual({
    rmse: rootMeanSquaredError(predictions, targets),
    mae: meanAbsoluteError(predictions, targets),
    mape: meanAbsolutePercentageError(predictions, targets),
    r2: rSquared(predictions, targets),
  });
});

test('R² is 1 for perfect predictions and 0 for the mean of the targets, for any targets', () => {
  const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(numbers, (values) => {
      expect(rSquared(values, values)).toBe(1);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const deviation = Math.max(...values.map((value) => Math.abs(value - mean)));
      if (deviation > 1e-3)
        expect(
          rSquared(
            values.map(() => mean),
            values,
          ),
        ).toBeCloseTo(0, 6);
    }),
  );
});

test('R² of equal targets is a number: 1 or 0', () => {
  expect(rSquared([2, 2], [2, 2])).toBe(1);
  expect(rSquared([2, 3], [2, 2])).toBe(0);
});

test('arrays of different lengths are an error', () => {
  expect(() => meanSquaredError([1, 2], [1])).toThrow('2 predictions do not match 1 targets');
});
