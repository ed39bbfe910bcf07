import { expect, test } from 'vitest';
import { Random } from '../../../../src/game/random.js';
import { expectedCalibrationError, reliabilityCurve } from '../../../../src/training/step/metrics/reliability.js';

test('bins hold means and counts; the error is weighted by the counts', () => {
  const curve = reliabilityCurve([0.1, 0.3, 0.7, 0.8, 1], [0, 1, 1, 0, 1], 2);
  expect(curve).toEqual([
    { from: 0, to: 0.5, count: 2, predicted: expect.closeTo(0.2, 12), observed: 0.5 },
    { from: 0.5, to: 1, count: 3, predicted: expect.closeTo(2.5 / 3, 12), observed: expect.closeTo(2 / 3, 12) },
  ]);
  expect(expectedCalibrationError(curve)).toBeCloseTo((2 * 0.3 + 3 * (0.5 / 3)) / 5, 12);
});

test('a prediction on a border belongs to the bin above, 1 belongs to the last bin, and empty bins do not count', () => {
  const curve = reliabilityCurve([0, 0.5, 1], [0, 0.5, 1], 4);
  expect(curve.map(({ count }) => count)).toEqual([1, 0, 1, 1]);
  expect(expectedCalibrationError(curve)).toBe(0);
  expect(expectedCalibrationError([])).toBe(0);
});

test('predictions that come true as often as they say are calibrated, and overconfident ones are not', () => {
  const random = new Random(3);
  const said = Array.from({ length: 50_000 }, () => random.float());
  const won = said.map((p) => (random.float() < p ? 1 : 0));
  const error = (predictions: number[]) => expectedCalibrationError(reliabilityCurve(predictions, won));
  expect(error(said)).toBeLessThan(0.015);
  // Predictions that are 1.5 times as far from 1/2.
  expect(error(said.map((p) => Math.max(0, Math.min(1, 0.5 + 1.5 * (p - 0.5)))))).toBeGreaterThan(0.08);
});
