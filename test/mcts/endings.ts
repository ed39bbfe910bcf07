/** Last rounds, and their values by exhaustive search of all moves. */
import { canonicalise } from '../../src/game/canonical.js';
import { sizeOf, tilesOf } from '../../src/game/pile.js';
import { BOARD_SIZE, BOARDS, CENTRE, LINES, WALL, withLine } from '../../src/game/state.js';
import { rowColours } from '../../src/game/wall.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { TERMINAL } from '../../src/mcts/game.js';
import { legalActions } from '../game/positions.js';
import { azulPosition } from './azulPositions.js';
import { range } from './running.js';

/** The first row full except for one cell, and the tile for it: the game is over after this round. */
function lastRound(game: AzulGame, state: Int32Array): void {
  const board = BOARDS + BOARD_SIZE * (state.length % game.players);
  const missing = range(0, 5).find((colour) => ((rowColours(state[board + WALL]!, 0) >> colour) & 1) === 0) ?? 0;
  state[board + WALL]! |= 0b11111;
  state[board + WALL]! &= ~(1 << missing);
  state[board + LINES] = withLine(state[board + LINES]!, 0, missing, 1);
}

/** Last rounds with few enough tiles left for exhaustive search. */
export function endings(players: number, tiles: number, count: number): Int32Array[] {
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

/** Player 0's utility when both players play perfectly, over all legal moves of the rules. */
export function minimax(game: AzulGame, state: Int32Array, alpha = -2, beta = 2): number {
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

export function after(game: AzulGame, state: Int32Array, action: number): Int32Array {
  const next = state.slice();
  game.apply(next, 0, action);
  return next;
}
