/** A game with chance, compared with its exact values. */
import { describe, expect, test } from 'vitest';
import { CHANCE } from '../../src/mcts/game.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { type SyncEvaluator, UNIFORM } from './evaluators.js';
import { conclusion, edgesOf, range, searched } from './running.js';
import { afterMove, ChanceNim, expectimax } from './toys/chanceNim.js';

const game = new ChanceNim();
const HEAPS = [1, 2, 3, 4, 5, 6];

/** Knows only the value of a heap that waits for chance. */
const knowsChance: SyncEvaluator = {
  evaluate(leaves) {
    UNIFORM.evaluate(leaves);
    for (const row of range(0, leaves.count)) {
      const at = row * game.stateSize;
      if (game.kind(leaves.states, at) !== CHANCE) continue;
      const value = afterMove(leaves.states[at]!);
      const mover = game.mover(leaves.states, at);
      leaves.values[row * 2 + mover] = value;
      leaves.values[row * 2 + 1 - mover] = -value;
    }
  },
};

test('expectimax values, compared with values by hand', () => {
  // One stone: take it and win. Two: the same. Three: leave 1, and win if it rolls away; or leave 2, and lose.
  expect(HEAPS.slice(0, 3).map(expectimax)).toEqual([1, 1, -0.5]);
  // Four: leave 3, which is worth -1/2 to the other player or, with one gone, 1; or leave 2, which is worth 1 either way.
  expect(expectimax(4)).toBe(-(0.75 * -0.5 + 0.25 * 1));
});

describe.each(['gumbel', 'puct'] as const)('%s', (selection) => {
  test.each([1, 2, 3, 4])('sampled outcomes converge to the exact value of a heap of %i', (heap) => {
    const settings = searchSettings(200_000, { selection, considered: 0, deals: 100 });
    const search = searched(game, { state: Int32Array.of(heap, 0, 0), settings, evaluator: UNIFORM, seed: 3 });
    const { values, action } = conclusion(search);
    expect(Math.abs(values[0]! - expectimax(heap))).toBeLessThan(0.1);
    expect(-afterMove(heap - action)).toBe(expectimax(heap));
    for (const edge of edgesOf(search.tree, ROOT)) {
      if (search.tree.visits[edge]! < 10_000) continue;
      const exact = -afterMove(heap - search.tree.action[edge]!);
      expect(Math.abs(search.tree.meanValue(edge) - exact)).toBeLessThan(0.12);
    }
  });

  test.each(HEAPS)('without samples the evaluator gives the value of chance, heap of %i', (heap) => {
    const settings = searchSettings(200, { selection, considered: 0, deals: 0 });
    const search = searched(game, { state: Int32Array.of(heap, 1, 0), settings, evaluator: knowsChance });
    const { values, action } = conclusion(search);
    expect(-afterMove(heap - action)).toBe(expectimax(heap));
    expect(Math.abs(values[1]! - expectimax(heap))).toBeLessThan(selection === 'gumbel' ? 0.01 : 0.2);
    for (const edge of edgesOf(search.tree, ROOT)) {
      expect(search.tree.meanValue(edge)).toBeCloseTo(-afterMove(heap - search.tree.action[edge]!), 6);
    }
  });
});

test('chance is never proved, even if all its samples are', () => {
  const settings = searchSettings(500, { considered: 0, deals: 3, gumbel: { cVisit: 1, cScale: 0 } });
  const { tree, started } = searched(game, { state: Int32Array.of(3, 0, 0), settings, evaluator: UNIFORM });
  expect(started).toBe(500);
  const chance = range(0, tree.nodes).filter((node) => tree.kind[node] === CHANCE);
  expect(chance.length).toBeGreaterThan(0);
  for (const node of chance) expect(tree.proved[node]).toBe(0);
  expect(tree.proved[ROOT]).toBe(0);
});

test('sampled outcomes have the frequencies of the game', () => {
  const settings = searchSettings(4000, { considered: 0, deals: 2000 });
  const { tree } = searched(game, { state: Int32Array.of(3, 0, 0), settings, evaluator: UNIFORM });
  // Leaving one stone, the only good move: a stone rolls away with probability 1/4.
  const edge = edgesOf(tree, ROOT).find((e) => tree.action[e] === 2)!;
  const outcomes = edgesOf(tree, tree.child[edge]!);
  expect(tree.opened[tree.child[edge]!]).toBe(2000);
  const gone = outcomes.filter((e) => tree.states[tree.child[e]! * game.stateSize] === 0).length;
  expect(Math.abs(gone / 2000 - 1 / 4)).toBeLessThan(3 * Math.sqrt(3 / 16 / 2000));
});
