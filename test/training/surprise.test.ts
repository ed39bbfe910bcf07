import { expect, test } from 'vitest';
import { klDivergence } from '../../src/training/surprise.js';

test('the divergence, by hand', () => {
  expect(klDivergence([0.5, 0.5], [0.5, 0.5], 2)).toBe(0);
  expect(klDivergence([1, 0], [0.25, 0.75], 2)).toBeCloseTo(Math.log(4), 12);
  expect(klDivergence([0.5, 0.5], [0.2, 0.8], 2)).toBeCloseTo(0.5 * Math.log(2.5) + 0.5 * Math.log(0.625), 12);
  // Only the first entries count.
  expect(klDivergence([1, 9], [1, 0.1], 1)).toBe(0);
  // A prior of 0 is not the end of the world.
  expect(klDivergence([1], [0], 1)).toBeCloseTo(12 * Math.log(10), 9);
});
