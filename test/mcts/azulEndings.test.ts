/** Endings of the last round, where no deal comes any more, against exhaustive search of all moves. */
import { describe, expect, test } from 'vitest';
import { canonicalise } from '../../src/game/canonical.js';
import { sizeOf, tilesOf } from '../../src/game/pile.js';
import { BOARD_SIZE, BOARDS, CENTRE, LINES, WALL, withLine } from '../../src/game/state.js';
import { rowColours } from '../../src/game/wall.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { TERMINAL } from '../../src/mcts/game.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { legalActions } from '../game/positions.js';
import { azulPosition } from './azulPositions.js';
import { UNIFORM } from './evaluators.js';
import { checkSearch } from './invariants.js';
import { conclusion, range, searched, valuesOf } from './running.js';

/** The first row full but for one cell, and the tile for it: after this round the game is over. */
function lastRound(game: AzulGame, state: Int32Array): void {
  const board = BOARDS + BOARD_SIZE * (state.length % game.players);
  const missing = range(0, 5).find((colour) => ((rowColours(state[board + WALL]!, 0) >> colour) & 1) === 0) ?? 0;
  state[board + WALL]! |= 0b11111;
  state[board + WALL]! &= ~(1 << missing);
  state[board + LINES] = withLine(state[board + LINES]!, 0, missing, 1);
}

/** Last rounds with so few tiles left that everything can be tried. */
function endings(players: number, tiles: number, count: number): Int32Array[] {
  const game = new AzulGame(players);
  const found: Int32Array[] = [];
  for (let seed = 0; found.length < count; seed++) {
    const state = azulPosition(players, seed, 20 + (seed % 37));
    const left = range(game.rules.firstFactory, state.length).map((i) => state[i]!);
    if (sizeOf(tilesOf(state[CENTRE]!)) + left.reduce((n, pile) => n + sizeOf(pile), 0) > tiles) continue;
    lastRound(game, state);
    canonicalise(game.rules, state, 0);
    if (legalActions(game.rules, state).length > 1) found.push(state);
  }
  return found;
}

/** Player 0's utility when both play as well as can be, over all legal moves of the rules. */
function minimax(game: AzulGame, state: Int32Array, alpha = -2, beta = 2): number {
  if (game.kind(state, 0) === TERMINAL) {
    const out = new Float32Array(game.valueSize);
    game.outcome(state, 0, out, 0);
    return out[0]!;
  }
  const first = game.mover(state, 0) === 0;
  let [low, high] = [alpha, beta];
  for (const action of legalActions(game.rules, state)) {
    const value = minimax(game, after(game, state, action), low, high);
    if (first) low = Math.max(low, value);
    else high = Math.min(high, value);
    if (low >= high) break;
  }
  return first ? low : high;
}

function after(game: AzulGame, state: Int32Array, action: number): Int32Array {
  const next = state.slice();
  game.apply(next, 0, action);
  return next;
}

const exploring = { considered: 0, gumbel: { cVisit: 1, cScale: 0 } };

describe('two players', () => {
  const game = new AzulGame(2);
  const positions = endings(2, 6, 25);

  test('a search that looks at everything proves the exact value and plays for it', () => {
    let proved = 0;
    for (const state of positions) {
      const exact = minimax(game, state);
      const settings = searchSettings(60_000, exploring);
      const search = searched(game, { state, settings, evaluator: UNIFORM });
      if (search.tree.proved[ROOT] === 0) continue;
      proved++;
      expect(valuesOf(search.tree, ROOT)[0]).toBe(exact);
      expect(minimax(game, after(game, state, conclusion(search).action))).toBe(exact);
    }
    expect(proved).toBeGreaterThan(15);
  });

  // Gumbel's constants make it sure of itself: it may never look at a reply that its first visits spoke against.
  test.each([
    ['gumbel', 0, 0],
    ['gumbel', 32, 0],
    ['puct', 0, 0],
  ] as const)(
    '%s with its default constants, %i considered, gives away at most %d a move',
    (selection, considered, most) => {
      let given = 0;
      for (const state of positions) {
        const settings = searchSettings(4000, { selection, considered });
        const { action } = conclusion(searched(game, { state, settings, evaluator: UNIFORM }));
        given += Math.abs(minimax(game, after(game, state, action)) - minimax(game, state));
      }
      expect(given / positions.length).toBeLessThanOrEqual(most);
    },
  );
});

test.each([3, 4])('%i players: what is proved is right step by step', (players) => {
  const game = new AzulGame(players);
  let proved = 0;
  for (const state of endings(players, 3, 5)) {
    const search = searched(game, { state, settings: searchSettings(20_000, exploring), evaluator: UNIFORM });
    proved += search.tree.proved[ROOT]!;
    if (search.tree.nodes < 500) checkSearch(search, { deals: 0, rootByPrior: true });
  }
  expect(proved).toBeGreaterThan(2);
});
