import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceOf, withSource } from '../../src/game/action.js';
import { canonicalise } from '../../src/game/canonical.js';
import { parsePosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import type { Rules } from '../../src/game/rules.js';
import { endOf, playouts } from './playouts.js';
import { legalActions } from './positions.js';
import { writeTable } from './reference.js';

function shuffled(n: number, seed: number): number[] {
  const random = new Random(seed);
  const places = Array.from({ length: n }, (_, i) => i);
  return places.map((_, i) => {
    const j = i + random.int(n - i);
    const chosen = places[j]!;
    places[j] = places[i]!;
    return chosen;
  });
}

/** The state whose factory i is the old factory `order[i]`. */
function reordered(rules: Rules, state: Int32Array, order: readonly number[]): Int32Array {
  const result = state.slice();
  order.forEach((old, i) => {
    result[rules.firstFactory + i] = state[rules.firstFactory + old]!;
  });
  return result;
}

function relabelled(action: number, order: readonly number[]): number {
  const source = sourceOf(action);
  return withSource(action, order[source] ?? source);
}

function canonical(rules: Rules, state: Int32Array): Int32Array {
  const result = state.slice();
  canonicalise(rules, result, 0);
  return result;
}

const positions = playouts(150).map((playout) => parsePosition(writeTable(endOf(playout))));

describe('the order of the factories', () => {
  test('does not affect the legal moves or their results', () => {
    fc.assert(
      fc.property(positions, fc.nat(), ({ rules, state }, seed) => {
        const order = shuffled(rules.factories, seed);
        const other = reordered(rules, state, order);
        const actions = legalActions(rules, other);
        const old = actions.map((action) => relabelled(action, order));
        expect(old.toSorted((a, b) => a - b)).toEqual(legalActions(rules, state));
        actions.forEach((action, i) => {
          const one = state.slice();
          const two = other.slice();
          rules.apply(one, 0, old[i]!);
          rules.apply(two, 0, action);
          expect(canonical(rules, two)).toEqual(canonical(rules, one));
        });
      }),
      { numRuns: 60 },
    );
  });

  test('is removed by canonicalise, which changes nothing else', () => {
    fc.assert(
      fc.property(positions, fc.nat(), ({ rules, state }, seed) => {
        const result = canonical(rules, state);
        expect(canonical(rules, reordered(rules, state, shuffled(rules.factories, seed)))).toEqual(result);
        expect(canonical(rules, result)).toEqual(result);
        expect(result.subarray(0, rules.firstFactory)).toEqual(state.subarray(0, rules.firstFactory));
      }),
    );
  });

  test('is returned by canonicalise: the old factory for each new one', () => {
    fc.assert(
      fc.property(positions, ({ rules, state }) => {
        const result = state.slice();
        const order: number[] = [];
        canonicalise(rules, result, 0, order);
        expect(order.toSorted((a, b) => a - b)).toEqual(shuffled(rules.factories, 0).toSorted((a, b) => a - b));
        expect(reordered(rules, state, order)).toEqual(result);
      }),
    );
  });

  test('is sorted for a position at any offset of an array', () => {
    fc.assert(
      fc.property(positions, fc.integer({ min: 1, max: 50 }), ({ rules, state }, at) => {
        const array = new Int32Array(at + rules.stateSize + 5).fill(-1);
        array.set(state, at);
        canonicalise(rules, array, at);
        expect(array.slice(at, at + rules.stateSize)).toEqual(canonical(rules, state));
        expect(new Set([...array.subarray(0, at), ...array.subarray(at + rules.stateSize)])).toEqual(new Set([-1]));
      }),
      { numRuns: 30 },
    );
  });
});
