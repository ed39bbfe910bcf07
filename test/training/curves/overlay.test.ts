import { expect, test } from 'vitest';
import { overlay } from '../../../src/training/curves/overlay.js';
import type { Measured } from '../../../src/training/run/metrics.js';

/** A history of learning rates, one for each iteration, starting with iteration `first`. */
const history = (first: number, ...rates: number[]): Measured[] =>
  rates.map((learningRate, i) => ({
    iteration: first + i,
    elapsed: i,
    step: i,
    learningRate,
    training: null,
    validation: null,
  }));

test('each curve becomes a chart with one line for each variant: a mean and its interval', () => {
  const { charts, history: axis } = overlay([
    { name: 'one', histories: [history(1, 0.5, 0.25)] },
    { name: 'two', histories: [history(2, 1, 2), history(2, 3)] },
  ]);
  expect(axis.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  const { curves } = charts.find(({ title }) => title === 'Learning rate')!;
  expect(curves.map(({ name, of }) => [name, ...axis.map(of)])).toEqual([
    ['one', 0.5, 0.25, undefined],
    // The mean would jump where one of the two has ended.
    ['two', undefined, 2, undefined],
  ]);
  expect(curves[0]!.interval).toBeUndefined();
  // Student's t with one degree of freedom is 12.7; the expansion of the quantile gives less.
  const { low, high } = curves[1]!.interval!(axis[1]!)!;
  expect((low + high) / 2).toBeCloseTo(2, 12);
  expect(high - 2).toBeGreaterThan(6);
});
