/** Azul as the search sees it. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DESTINATIONS, destinationOf, sourceOf, TO_FLOOR } from '../../src/game/action.js';
import { canonicalise } from '../../src/game/canonical.js';
import { Random } from '../../src/game/random.js';
import { BOARD_SIZE, BOARDS, DEAL_DUE, OVER, PHASE, ROUND, SCORE, WALL } from '../../src/game/state.js';
import { AzulGame, LAST_ROUND, marginPoints, marginValue, rankOf, utility } from '../../src/mcts/azul.js';
import { CHANCE, DECISION, TERMINAL } from '../../src/mcts/game.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { legalActions, positionOf } from '../game/positions.js';
import { azulPosition } from './azulPositions.js';
import { hashEvaluator, UNIFORM } from './evaluators.js';
import { range, searched } from './running.js';

const ROW = 0b11111;

/** A finished game with these scores and these numbers of complete rows, by player. */
function finished(scores: number[], rows: number[] = []): { game: AzulGame; state: Int32Array } {
  const game = new AzulGame(scores.length);
  const state = game.rules.start();
  state[PHASE] = OVER;
  scores.forEach((score, p) => {
    const board = BOARDS + BOARD_SIZE * p;
    state[board + SCORE] = score;
    for (let row = 0; row < (rows[p] ?? 0); row++) state[board + WALL]! |= ROW << (5 * row);
  });
  return { game, state };
}

describe('moves', () => {
  const boards = [{}, {}];
  const game = new AzulGame(2);
  const sourcesOf = (factories: string[], centre: string) => {
    const { state } = positionOf({ factories, centre, boards });
    canonicalise(game.rules, state, 0);
    const out = new Uint16Array(game.actions);
    const actions = [...out.subarray(0, game.legal(state, 0, out))];
    return { actions, sources: [...new Set(actions.map((a) => sourceOf(a)))], state };
  };

  test('offers only one of equal factories', () => {
    const { sources, actions } = sourcesOf(['BBYY', 'RRRR', 'BBYY', 'BBYY', 'RRRR'], '1');
    expect(sources.length).toBe(2);
    // Two colours of one factory and one of the other, each with five lines and the floor.
    expect(actions.length).toBe(3 * DESTINATIONS);
  });

  test('offers a centre with the same tiles as another source', () => {
    const { sources } = sourcesOf(['BB', 'BB', '-', '-', '-'], '1BB');
    expect(sources).toEqual([0, game.rules.factories]);
  });

  test('offers all different factories', () => {
    const { actions, state } = sourcesOf(['BBYY', 'BYYY', 'BBBY', 'BBBB', 'YYYY'], '1');
    expect(actions).toEqual(legalActions(game.rules, state));
  });

  test('every omitted move leads to the same position as an offered one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.nat(), fc.nat(60), (players, seed, plies) => {
        const azul = new AzulGame(players);
        const state = azulPosition(players, seed, plies);
        canonicalise(azul.rules, state, 0);
        const out = new Uint16Array(azul.actions);
        const after = (action: number) => {
          const next = state.slice();
          azul.apply(next, 0, action);
          return next.join();
        };
        const offered = [...out.subarray(0, azul.legal(state, 0, out))].map(after);
        expect(new Set(offered)).toEqual(new Set(legalActions(azul.rules, state).map(after)));
      }),
    );
  });
});

describe('outcomes', () => {
  test.each<[string, number[], number[], number[], number[]]>([
    ['a win', [50, 40], [], [1, -1], [10, -10]],
    ['a draw', [40, 40], [], [0, 0], [0, 0]],
    ['equal scores, more complete rows', [40, 40], [1, 2], [-1, 1], [0, 0]],
    ['three players', [10, 30, 20], [], [-1, 1, 0], [-20, 10, -10]],
    ['three players, two first', [30, 30, 20], [], [0.5, 0.5, -1], [0, 0, -10]],
    ['three players, two last', [20, 30, 20], [], [-0.5, 1, -0.5], [-10, 10, -10]],
    ['four players', [4, 3, 2, 1], [], [1, 1 / 3, -1 / 3, -1], [1, -1, -2, -3]],
    ['four players, all equal', [7, 7, 7, 7], [], [0, 0, 0, 0], [0, 0, 0, 0]],
    ['four players, three last', [0, 0, 9, 0], [], [-1 / 3, -1 / 3, 1, -1 / 3], [-9, -9, 9, -9]],
    [
      'four players, two first, rows decide the rest',
      [9, 1, 9, 1],
      [0, 1, 0, 0],
      [2 / 3, -1 / 3, 2 / 3, -1],
      [0, -8, 0, -8],
    ],
  ])('%s', (_, scores, rows, ranks, margins) => {
    const { game, state } = finished(scores, rows);
    const out = new Float32Array(game.valueSize + 1);
    game.outcome(state, 0, out, 1);
    expect(game.kind(state, 0)).toBe(TERMINAL);
    scores.forEach((_score, p) => {
      const margin = Math.tanh(margins[p]! / 20);
      expect(game.rankValue(state, 0, p)).toBeCloseTo(ranks[p]!, 12);
      expect(game.margin(state, 0, p)).toBe(margins[p]);
      expect(out[1 + p]).toBeCloseTo(0.7 * ranks[p]! + 0.3 * margin, 6);
      expect(out[1 + scores.length + p]).toBeCloseTo(margin, 6);
    });
    expect(out[0]).toBe(0);
  });

  test('values and points are converted back and forth', () => {
    for (const points of [-150, -60, -15, 0, 1, 40]) expect(marginPoints(marginValue(points))).toBeCloseTo(points, 6);
    for (const rank of [-1, -1 / 3, 0, 1]) expect(rankOf(utility(rank, 0.4), 0.4)).toBeCloseTo(rank, 12);
    expect(rankOf(0.9, -1)).toBe(1);
    expect(Number.isFinite(marginPoints(1))).toBe(true);
  });
});

describe('the limit on rounds', () => {
  test('a deal after the last round ends the game with the current scores', () => {
    const game = new AzulGame(2);
    const state = game.rules.start();
    expect(state[PHASE]).toBe(DEAL_DUE);
    expect(game.kind(state, 0)).toBe(CHANCE);
    state[ROUND] = LAST_ROUND - 1;
    expect(game.kind(state, 0)).toBe(CHANCE);
    state[ROUND] = LAST_ROUND;
    expect(game.kind(state, 0)).toBe(TERMINAL);
  });

  test.each([2, 3, 4])('a game of %i players who send all tiles to the floor ends', (players) => {
    const game = new AzulGame(players);
    const random = new Random(players);
    const state = game.rules.start();
    const out = new Uint16Array(game.actions);
    let plies = 0;
    for (let kind = game.kind(state, 0); kind !== TERMINAL; kind = game.kind(state, 0)) {
      if (kind === CHANCE) game.applyChance(state, 0, random);
      else {
        const floor = [...out.subarray(0, game.legal(state, 0, out))].filter((a) => destinationOf(a) === TO_FLOOR);
        game.apply(state, 0, floor[random.int(floor.length)]!);
        plies++;
      }
    }
    expect(state[ROUND]).toBe(LAST_ROUND);
    expect(plies).toBeLessThan(LAST_ROUND * 4 * (2 * players + 1));
  });
});

test('the search does not change the position, and reads it from a longer array', () => {
  const game = new AzulGame(3);
  const state = azulPosition(3, 9, 20);
  const before = state.slice();
  searched(game, { state, settings: searchSettings(100, { deals: 2, noise: true }), evaluator: hashEvaluator() });
  expect(state).toEqual(before);
  const search = searched(game, {
    state: Int32Array.from([...state, 1, 2, 3]),
    settings: searchSettings(3),
    evaluator: UNIFORM,
  });
  expect(search.tree.states.slice(0, game.stateSize)).toEqual(before);
  expect(search.tree.kind[0]).toBe(DECISION);
  expect(range(0, 3).every((i) => state[i] === before[i])).toBe(true);
});
