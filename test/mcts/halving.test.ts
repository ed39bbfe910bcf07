/** The visit plan of sequential halving, compared with plans by hand from mctx's description. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cachedVisitPlan, visitPlan, withLaps } from '../../src/mcts/halving.js';
import { range } from './running.js';

/** Visit numbers from pairs of actions and visits: `laps([4, 0], [2, 1])` is 0 0 0 0 1 1. */
function laps(...counts: [number, number][]): number[] {
  return counts.flatMap(([actions, visits]) => new Array<number>(actions).fill(visits));
}

test('withLaps continues with the next visits', () => {
  const plan = withLaps(withLaps(withLaps(new Int32Array(0), 4, 2), 2, 1), 2, 2);
  expect([...plan]).toEqual(laps([4, 0], [4, 1], [2, 2], [2, 3], [2, 4]));
});

describe('visitPlan', () => {
  test('16 considered, 64 simulations: every phase has 16, and the last two actions continue to the end', () => {
    const pairs = range(7, 15).map((visits): [number, number] => [2, visits]);
    expect([...visitPlan(16, 64)]).toEqual(
      laps([16, 0], [8, 1], [8, 2], ...([3, 4, 5, 6] as const).map((v): [number, number] => [4, v]), ...pairs),
    );
  });

  test.each<[number, number, [number, number][]]>([
    // Fewer simulations than actions: no action is dropped.
    [16, 8, [[8, 0]]],
    [16, 16, [[16, 0]]],
    [
      16,
      32,
      [
        [16, 0],
        [8, 1],
        [4, 2],
        [4, 3],
      ],
    ],
    // A phase has at least one lap, so that 20 simulations reach the third phase.
    [
      8,
      20,
      [
        [8, 0],
        [4, 1],
        [2, 2],
        [2, 3],
        [2, 4],
        [2, 5],
      ],
    ],
    [
      8,
      24,
      [
        [8, 0],
        [4, 1],
        [4, 2],
        [2, 3],
        [2, 4],
        [2, 5],
        [2, 6],
      ],
    ],
    [
      4,
      8,
      [
        [4, 0],
        [2, 1],
        [2, 2],
      ],
    ],
    // Odd numbers: 7 → 3 → 2 (never 1), and the end cuts a lap short.
    [
      7,
      14,
      [
        [7, 0],
        [3, 1],
        [2, 2],
        [2, 3],
      ],
    ],
    [
      5,
      9,
      [
        [5, 0],
        [2, 1],
        [2, 2],
      ],
    ],
    [
      3,
      7,
      [
        [3, 0],
        [2, 1],
        [2, 2],
      ],
    ],
    [
      3,
      8,
      [
        [3, 0],
        [2, 1],
        [2, 2],
        [1, 3],
      ],
    ],
    [
      2,
      5,
      [
        [2, 0],
        [2, 1],
        [1, 2],
      ],
    ],
    [
      1,
      4,
      [
        [1, 0],
        [1, 1],
        [1, 2],
        [1, 3],
      ],
    ],
    [
      0,
      3,
      [
        [1, 0],
        [1, 1],
        [1, 2],
      ],
    ],
    [16, 1, [[1, 0]]],
  ])('%i considered, %i simulations', (considered, simulations, expected) => {
    expect([...visitPlan(considered, simulations)]).toEqual(laps(...expected));
  });

  test('can be followed: some considered action always has the planned number of visits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }), (considered, simulations) => {
        const visits = new Array<number>(considered).fill(0);
        const plan = visitPlan(considered, simulations);
        expect(plan.length).toBe(simulations);
        for (const planned of plan) {
          const i = visits.indexOf(planned);
          expect(i).toBeGreaterThanOrEqual(0);
          visits[i]!++;
        }
        // The survivors of the last phase have the maximum visits, evenly.
        const most = Math.max(...visits);
        if (considered > 1 && simulations >= 2 * considered) {
          expect(visits.filter((v) => v >= most - 1).length).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });

  test('is cached', () => {
    expect(cachedVisitPlan(16, 64)).toBe(cachedVisitPlan(16, 64));
    expect(cachedVisitPlan(16, 64)).toEqual(visitPlan(16, 64));
    expect(cachedVisitPlan(8, 64)).toEqual(visitPlan(8, 64));
  });

  test('is not cached for ever', () => {
    const long = cachedVisitPlan(16, 5000);
    expect(long).toEqual(visitPlan(16, 5000));
    expect(cachedVisitPlan(16, 5000)).not.toBe(long);
    const short = cachedVisitPlan(16, 1000);
    for (let simulations = 1; simulations < 300; simulations++) cachedVisitPlan(4, simulations);
    expect(cachedVisitPlan(16, 1000)).not.toBe(short);
    expect(cachedVisitPlan(16, 1000)).toEqual(short);
  });
});
