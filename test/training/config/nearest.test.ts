import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../../src/training/config/nearest.js';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
  ['batchsize', 'batchSize', 1],
])('from %j to %j are %i edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
});

test('edits are a metric', () => {
  const text = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});

test('the nearest name, capitals aside, whole or by its last word; none is better than one that is far', () => {
  const names = ['selfPlay.simulations', 'evaluation.simulations', 'training.batchSize', 'seed'];
  expect(nearest('evaluation.simulation', names)).toBe('evaluation.simulations');
  expect(nearest('BATCHSIZE', names)).toBe('training.batchSize');
  expect(nearest('sed', names)).toBe('seed');
  expect(nearest('players', names)).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
