import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chart } from '../../../src/training/curves/chart.js';
import { scaled, tickLabel } from '../../../src/training/curves/scale.js';
import { metrics } from '../../training/helpers.js';

const chart = (values: readonly number[]): Chart => ({
  group: 'Learning',
  title: 'Loss',
  unit: '',
  explanation: '',
  curves: [{ name: 'training', of: ({ iteration }) => values[iteration - 1] }],
});
const historyOf = (values: readonly number[]) => values.map((_, i) => metrics(i + 1));

test('ticks are round numbers around the values', () => {
  const scale = scaled(chart([0.9, 2.1]), historyOf([0.9, 2.1]));
  expect(scale.ticks.map((tick) => tickLabel(tick, scale, ''))).toEqual([
    '0.8',
    '1.0',
    '1.2',
    '1.4',
    '1.6',
    '1.8',
    '2.0',
    '2.2',
  ]);
  expect(tickLabel(0.5, { ...scale, ticks: [0, 0.05] }, '%')).toBe('50 %');
});

test('any values lie within the axis, which has a few ticks', () => {
  const value = fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 1000);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const { low, high, ticks, lines } = scaled(chart(values), historyOf(values));
      const air = 1e-6 * (high - low);
      expect(lines[0]!.values).toEqual(values);
      expect(low).toBeLessThanOrEqual(Math.min(...values) + air);
      expect(high).toBeGreaterThanOrEqual(Math.max(...values) - air);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(11);
    }),
  );
});
