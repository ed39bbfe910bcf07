import type { Rules } from './rules.js';

/**
 * Sorts the factories by their tiles. Positions that differ only in the order of factories become equal. If `order` is given,
 * `order[i]` becomes the old number of the factory that is now number i.
 */
export function canonicalise(rules: Rules, state: Int32Array, at: number, order?: number[]): void {
  const first = at + rules.firstFactory;
  for (let i = 0; i < rules.factories; i++) {
    const pile = state[first + i]!;
    let j = i;
    while (j > 0 && state[first + j - 1]! < pile) {
      state[first + j] = state[first + j - 1]!;
      if (order) order[j] = order[j - 1]!;
      j--;
    }
    state[first + j] = pile;
    if (order) order[j] = i;
  }
}
