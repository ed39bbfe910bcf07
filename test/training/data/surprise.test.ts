import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entropy, klDivergence, surpriseWeights } from '../../../src/training/data/surprise.js';

test('the divergence, by hand', () => {
  expect(klDivergence([0.5, 0.5], [0.5, 0.5], 2)).toBe(0);
  expect(klDivergence([1, 0], [0.25, 0.75], 2)).toBeCloseTo(Math.log(4), 12);
  expect(klDivergence([0.5, 0.5], [0.2, 0.8], 2)).toBeCloseTo(0.5 * Math.log(2.5) + 0.5 * Math.log(0.625), 12);
  // Only the first entries count.
  expect(klDivergence([1, 9], [1, 0.1], 1)).toBe(0);
  // A prior of 0 is not the end of the world.
  expect(klDivergence([1], [0], 1)).toBeCloseTo(12 * Math.log(10), 9);
});

test('the entropy, by hand', () => {
  expect(entropy([1, 0], 2)).toBe(0);
  expect(entropy([0.25, 0.25, 0.25, 0.25], 4)).toBeCloseTo(Math.log(4), 12);
  expect(entropy([0.5, 0.5, 9], 2)).toBeCloseTo(Math.log(2), 12);
});

describe('weights', () => {
  test('by hand', () => {
    expect([...surpriseWeights([1, 3], 0.5)]).toEqual([0.75, 1.25]);
    expect([...surpriseWeights([1, 3, Number.NaN], 1)]).toEqual([0.5, 1.5, 1]);
    expect([...surpriseWeights([1, 3], 0)]).toEqual([1, 1]);
    expect([...surpriseWeights([0, 0], 0.5)]).toEqual([1, 1]);
    expect([...surpriseWeights([Number.NaN], 0.5)]).toEqual([1]);
  });

  test('are 1 on average, and never below what is shared evenly', () => {
    const surprise = fc.array(fc.oneof(fc.double({ min: 0, max: 9, noNaN: true }), fc.constant(Number.NaN)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(surprise, fc.double({ min: 0, max: 1, noNaN: true }), (values, part) => {
        const weights = surpriseWeights(Float32Array.from(values), part);
        expect(weights.reduce((a, b) => a + b) / weights.length).toBeCloseTo(1, 6);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(1 - part);
      }),
    );
  });
});
