/** Tic-tac-toe, which is small enough to solve completely. */
import { describe, expect, test } from 'vitest';
import { TERMINAL } from '../../src/mcts/game.js';
import { PUCT_DEFAULTS } from '../../src/mcts/selection.js';
import { type SearchSettings, searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { UNIFORM } from './evaluators.js';
import { conclusion, edgesOf, searched, valuesOf } from './running.js';
import { TicTacToe } from './toys/ticTacToe.js';

const game = new TicTacToe();

/** Values of all reachable positions for the player to move. */
const table = new Map<string, number>();

function minimax(state: Int32Array): number {
  const key = state.join('');
  let value = table.get(key);
  if (value === undefined) table.set(key, (value = computed(state)));
  return value;
}

function computed(state: Int32Array): number {
  if (game.kind(state, 0) === TERMINAL) {
    const values = new Float32Array(2);
    game.outcome(state, 0, values, 0);
    return values[game.mover(state, 0)]!;
  }
  return Math.max(...moves(state).map((action) => 0 - minimax(after(state, action))));
}

function moves(state: Int32Array): number[] {
  const out = new Uint16Array(9);
  return [...out.subarray(0, game.legal(state, 0, out))];
}

function after(state: Int32Array, action: number): Int32Array {
  const next = state.slice();
  game.apply(next, 0, action);
  return next;
}

function bestMoves(state: Int32Array): number[] {
  return moves(state).filter((action) => 0 - minimax(after(state, action)) === minimax(state));
}

minimax(game.position('... ... ...'));
const decisions = [...table.keys()]
  .map((key) => Int32Array.from(key, Number))
  .filter((state) => game.kind(state, 0) !== TERMINAL);

/** Every n-th position with this number of empty cells. */
function withEmpty(empty: number, n: number): Int32Array[] {
  return decisions.filter((state) => moves(state).length === empty).filter((_, i) => i % n === 0);
}

test('the table of values is that of tic-tac-toe', () => {
  expect(table.size).toBe(5478);
  expect(minimax(game.position('... ... ...'))).toBe(0);
});

/** Settings that try every move in the end, which a proof needs. */
const exploring: Record<string, SearchSettings> = {
  gumbel: searchSettings(200_000, { considered: 0, gumbel: { cVisit: 1, cScale: 0 } }),
  'gumbel with halving': searchSettings(200_000, { gumbel: { cVisit: 1, cScale: 0 } }),
  puct: searchSettings(200_000, {
    selection: 'puct',
    considered: 0,
    puct: { ...PUCT_DEFAULTS, cInit: 50, cBase: 1e9 },
  }),
};

describe.each(Object.entries(exploring))('exhaustive search by %s', (_, settings) => {
  test('proves positions and stops there, with the exact value and a best move', () => {
    for (const state of [1, 2, 3, 4, 5, 6].flatMap((empty) => withEmpty(empty, 4 ** empty))) {
      const search = searched(game, { state, settings, evaluator: UNIFORM });
      const { action, values } = conclusion(search);
      const value = minimax(state);
      expect(search.tree.proved[ROOT]).toBe(1);
      expect(search.started).toBeLessThan(settings.simulations);
      expect(valuesOf(search.tree, ROOT)[game.mover(state, 0)]).toBe(value);
      expect(values[game.mover(state, 0)]).toBe(value);
      expect(values[1 - game.mover(state, 0)]).toBe(0 - value);
      expect(bestMoves(state)).toContain(action);
      // Every edge of a proved root has its exact value, or is refuted.
      for (const edge of edgesOf(search.tree, ROOT)) {
        const exact = 0 - minimax(after(state, search.tree.action[edge]!));
        if (search.tree.proved[search.tree.child[edge]!] === 1)
          expect(search.tree.meanValue(edge)).toBeCloseTo(exact, 12);
        else expect(exact).toBeLessThanOrEqual(value);
      }
    }
  });
});

test('the game after its first move is proved a draw', () => {
  const state = game.position('x.. ... ...');
  const search = searched(game, { state, settings: exploring.gumbel!, evaluator: UNIFORM });
  expect(search.tree.proved[ROOT]).toBe(1);
  expect(conclusion(search).action).toBe(4);
});

describe.each(['gumbel', 'puct'] as const)('%s with its default constants', (selection) => {
  test.each([0, 16])('plays a best move in every position, %i considered', (considered) => {
    const settings = searchSettings(4000, { selection, considered });
    const positions = [2, 3, 4, 5, 6, 7, 8, 9].flatMap((empty) => withEmpty(empty, 20));
    for (const state of positions) {
      const search = searched(game, { state, settings, evaluator: UNIFORM });
      expect(bestMoves(state)).toContain(conclusion(search).action);
    }
  });

  test.each([
    ['wins at once', 'xx. oo. ...', 2],
    ['must block', 'xx. .o. ...', 2],
    ['forks', 'x.. .o. ..x', [1, 3, 5, 7]],
    ['avoids the fork', 'xo. ... ...', [3, 4, 6]],
  ])('%s', (_, text, best) => {
    const state = game.position(text);
    const search = searched(game, { state, settings: searchSettings(2000, { selection }), evaluator: UNIFORM });
    expect([best].flat()).toContain(conclusion(search).action);
    expect(bestMoves(state).sort()).toEqual([best].flat());
  });
});
