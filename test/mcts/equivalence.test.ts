/** A search is the same in any shared batch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AzulGame } from '../../src/mcts/azul.js';
import { Leaves } from '../../src/mcts/evaluator.js';
import { visitPlan } from '../../src/mcts/halving.js';
import { Search } from '../../src/mcts/search.js';
import { type SearchSettings, searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { azulPosition } from './azulPositions.js';
import { hashEvaluator } from './evaluators.js';
import { checkSearch, sum } from './invariants.js';
import { edgesOf, range, searched, snapshot } from './running.js';
import { RandomTree, treeShapes } from './toys/randomTree.js';

const evaluator = hashEvaluator();
const game = new AzulGame(2);

const everySettings: [string, SearchSettings][] = [
  ['gumbel', searchSettings(60, { noise: true, deals: 2 })],
  ['gumbel without halving', searchSettings(60, { considered: 0, noise: true })],
  ['puct', searchSettings(60, { selection: 'puct', considered: 0, noise: true, deals: 3 })],
];

describe.each(everySettings)('%s', (_, settings) => {
  test('the same seed gives the same tree bit for bit, and another seed gives another tree', () => {
    const state = azulPosition(2, 5, 14);
    const run = (seed: number) => snapshot(searched(game, { state, settings, evaluator, seed }));
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });

  test('a reused search works as a new one', () => {
    const search = new Search(game, 4);
    const leaves = new Leaves(game, 1);
    for (const plies of [3, 20, 9]) {
      const state = azulPosition(2, 1, plies);
      search.begin(state, 0, settings, plies);
      finish([search], leaves, [1]);
      expect(snapshot(search)).toBe(snapshot(searched(game, { state, settings, evaluator, seed: plies })));
    }
  });

  test('searches side by side grow the same trees as alone', () => {
    const states = range(0, 12).map((i) => azulPosition(2, i, 4 * i));
    const searches = states.map((state, i) => {
      const search = new Search(game);
      search.begin(state, 0, settings, i);
      return search;
    });
    finish(searches, new Leaves(game, searches.length), [1]);
    for (const [i, search] of searches.entries()) {
      expect(snapshot(search)).toBe(snapshot(searched(game, { state: states[i]!, settings, evaluator, seed: i })));
    }
  });

  test('the same holds for several leaves of each search in a batch', () => {
    const states = range(0, 6).map((i) => azulPosition(2, i, 6 * i));
    const searches = states.map((state, i) => {
      const search = new Search(game);
      search.begin(state, 0, settings, i);
      return search;
    });
    finish(searches, new Leaves(game, 64), [1, 5, 8, 2, 3, 4]);
    for (const [i, search] of searches.entries()) {
      const limit = [1, 5, 8, 2, 3, 4][i]!;
      const alone = searched(game, { state: states[i]!, settings, evaluator, seed: i, limit });
      expect(snapshot(search)).toBe(snapshot(alone));
    }
  });
});

/** Runs searches in shared batches to their ends. Search i has `limits[i]` leaves, and later ones use the last limit. */
function finish(searches: readonly Search[], leaves: Leaves, limits: readonly number[]): void {
  while (searches.some((search) => !search.done)) {
    leaves.count = 0;
    for (const [i, search] of searches.entries()) search.gather(leaves, limits[i] ?? limits.at(-1)!);
    if (leaves.count > 0) evaluator.evaluate(leaves);
    for (const search of searches) search.receive(leaves);
  }
}

describe('several leaves of one search with the Gumbel root', () => {
  test.each([
    [16, 64],
    [8, 40],
    [5, 33],
  ])(
    'with at most one pending leaf per considered action it equals the sequential search: %i of %i',
    (considered, n) => {
      const plan = visitPlan(considered, n);
      const long = new AzulGame(4);
      const settings = searchSettings(n, { considered, noise: true });
      for (const seed of range(0, 20)) {
        // The position is early in a long round, so that no simulation reaches a known end.
        const state = azulPosition(4, seed, 2);
        const search = new Search(long, 4);
        const leaves = new Leaves(long, considered);
        search.begin(state, 0, settings, seed);
        let largest = 0;
        while (!search.done) {
          leaves.count = 0;
          search.gather(leaves, Math.max(1, restOfLap(plan, search.started)));
          largest = Math.max(largest, leaves.count);
          evaluator.evaluate(leaves);
          search.receive(leaves);
        }
        expect(largest).toBe(considered);
        expect(snapshot(search)).toBe(snapshot(searched(long, { state, settings, evaluator, seed })));
      }
    },
  );

  /** The number of simulations from the n-th on with the same planned visits. */
  function restOfLap(plan: Int32Array, n: number): number {
    let end = n;
    while (end < plan.length && plan[end] === plan[n]) end++;
    return end - n;
  }

  test('a batch never crosses the point where actions are dropped', () => {
    const long = new AzulGame(4);
    const search = new Search(long);
    const leaves = new Leaves(long, 64);
    search.begin(azulPosition(4, 1, 2), 0, searchSettings(64), 1);
    const batches: number[] = [];
    while (!search.done) {
      leaves.count = 0;
      search.gather(leaves, 64);
      batches.push(leaves.count);
      evaluator.evaluate(leaves);
      search.receive(leaves);
    }
    // The root, a lap of 16, two laps of 8, four of 4. The last two actions may run ahead until their leaves collide.
    expect(batches.slice(0, 2)).toEqual([1, 16]);
    const ends = batches.map((_, i) => sum(batches.slice(1, i + 1)));
    expect(ends).toEqual(expect.arrayContaining([16, 32, 48, 64]));
  });

  test('with any number of pending leaves no action is dropped early: the plan is kept and the counts are consistent', () => {
    let kept = 0;
    fc.assert(
      fc.property(
        treeShapes({ depth: 5, width: 6, end: 0.1 }),
        fc.integer({ min: 2, max: 40 }),
        fc.constantFrom(2, 5, 16),
        fc.constantFrom(7, 64, 150),
        (shape, limit, considered, simulations) => {
          const tree = new RandomTree(shape);
          const settings = searchSettings(simulations, { considered, deals: 2 });
          const search = searched(tree, { state: Int32Array.of(0), settings, evaluator, limit });
          checkSearch(search, { deals: 2, rootByPrior: true });
          const edges = edgesOf(search.tree, ROOT);
          // Proofs redirect simulations to moves that are not settled yet.
          if (search.tree.proved.subarray(0, search.tree.nodes).includes(1)) return;
          kept++;
          const visits = new Array<number>(edges.length).fill(0);
          const plan = visitPlan(Math.min(considered, edges.length), simulations);
          for (const planned of plan.subarray(0, search.started)) visits[visits.indexOf(planned)]!++;
          expect(edges.map((edge) => search.tree.started[edge]!).sort()).toEqual(visits.sort());
        },
      ),
      { numRuns: 200 },
    );
    expect(kept).toBeGreaterThan(10);
  });
});

test('a simulation that meets a pending leaf takes its steps back', () => {
  // Each position has one legal move, so a second simulation meets the pending leaf of the first.
  const chain = new RandomTree({ seed: 3, players: 2, depth: 6, width: 1, chance: 0, end: 0, utilities: 2 });
  const search = new Search(chain);
  const leaves = new Leaves(chain, 8);
  search.begin(Int32Array.of(0), 0, searchSettings(20, { considered: 0 }), 1);
  const batch = () => {
    leaves.count = 0;
    search.gather(leaves, 8);
    return leaves.count;
  };
  expect(batch()).toBe(1);
  evaluator.evaluate(leaves);
  search.receive(leaves);
  for (const depth of [1, 2, 3]) {
    expect(batch()).toBe(1);
    expect(search.started).toBe(depth);
    expect(range(0, search.tree.edges).map((edge) => search.tree.started[edge])).toEqual(
      range(0, search.tree.edges).map((edge) => depth - edge),
    );
    evaluator.evaluate(leaves);
    search.receive(leaves);
    checkSearch(search, { deals: 0, rootByPrior: true });
  }
});

test('with many pending leaves collisions leave no trace in the counts of Azul trees', () => {
  for (const [i, [, settings]] of everySettings.entries()) {
    const search = searched(new AzulGame(3), {
      state: azulPosition(3, i, 30),
      settings: { ...settings, simulations: 200, noise: false },
      evaluator: hashEvaluator(6),
      limit: 32,
    });
    checkSearch(search, { deals: settings.deals, rootByPrior: true });
    expect(sum(edgesOf(search.tree, ROOT).map((edge) => search.tree.visits[edge]!))).toBe(200);
  }
});
