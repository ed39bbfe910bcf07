import { expect, test } from 'vitest';
import { Transpositions } from '../../src/mcts/transpositions.js';

test('a new search finds nothing of the previous one, and each position has the same slot as before', () => {
  const table = new Transpositions();
  const positions = Int32Array.from({ length: 300 }, (_, i) => Math.imul(i, 0x9e3779b1));
  const found = () =>
    Array.from({ length: 100 }, (_, n) => {
      const slot = table.find(positions, 3 * n, 3);
      const { hit, keyA, keyB } = table;
      table.store(slot, keyA, keyB, n, 1, 0, n);
      return { slot, hit };
    });
  table.begin();
  const first = found();
  expect(first.some(({ hit }) => hit)).toBe(false);
  expect(found().every(({ hit }) => hit)).toBe(true);
  table.begin();
  expect(found()).toEqual(first);
});
