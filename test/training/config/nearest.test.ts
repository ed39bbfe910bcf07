import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../../src/training/config/nearest.js';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
  ['batchsize', 'batchSize', 1],
])('the distance from %j to %j is %i edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
});

test('the edit distance is a metric', () => {
  const text = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});

test('the nearest name ignores case and matches whole names or their last word; a distant name is no match', () => {
  const names = ['selfPlay.simulations', 'evaluation.simulations', 'training.batchSize', 'seed'];
  expect(nearest('evaluation.simulation', names)).toBe('evaluation.simulations');
  expect(nearest('BATCHSIZE', names)).toBe('training.batchSize');
  expect(nearest('sed', names)).toBe('seed');
  expect(nearest('players', names)).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
