import type { Random } from '../../../src/game/random.js';
import { CHANCE, DECISION, type Game, TERMINAL } from '../../../src/mcts/game.js';

/** Chances in 4 that a stone rolls away after a move. */
const LOSS = 1;

/**
 * Nim with one heap and luck: two players take 1 or 2 stones in turn, and after each move, while stones are left, one
 * of them rolls away with probability 1/4. The player who has no stone to take loses. A state is the heap, the turn,
 * and 1 where chance is due.
 */
export class ChanceNim implements Game {
  readonly players = 2;
  readonly actions = 3;
  readonly stateSize = 3;
  readonly valueSize = 2;

  kind(state: Int32Array, at: number): number {
    if (state[at] === 0) return TERMINAL;
    return state[at + 2] === 1 ? CHANCE : DECISION;
  }

  mover(state: Int32Array, at: number): number {
    return state[at + 1]!;
  }

  legal(state: Int32Array, at: number, out: Uint16Array): number {
    out[0] = 1;
    out[1] = 2;
    return Math.min(2, state[at]!);
  }

  apply(state: Int32Array, at: number, action: number): void {
    state[at]! -= action;
    state[at + 1]! ^= 1;
    state[at + 2] = 1;
  }

  applyChance(state: Int32Array, at: number, random: Random): void {
    if (random.int(4) < LOSS) state[at]! -= 1;
    state[at + 2] = 0;
  }

  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void {
    for (let p = 0; p < 2; p++) out[outAt + p] = p === state[at + 1] ? -1 : 1;
  }
}

/** The exact value of a heap for the player to move, by expectimax. */
export function expectimax(heap: number): number {
  if (heap === 0) return -1;
  return Math.max(...[1, 2].filter((n) => n <= heap).map((n) => -afterMove(heap - n)));
}

/** The exact value, for the player to move next, of a heap that waits for chance. */
export function afterMove(heap: number): number {
  if (heap === 0) return -1;
  return (LOSS * expectimax(heap - 1) + (4 - LOSS) * expectimax(heap)) / 4;
}
