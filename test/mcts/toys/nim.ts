import { DECISION, type Game, TERMINAL } from '../../../src/mcts/game.js';

/**
 * Nim with one heap for any number of players, who take 1 to 3 stones in turn. The player who takes the last stone gets 1,
 * the next player gets -1, and the others get values between, so that no player is indifferent between two ends and max^n
 * has one answer. A state is the heap and the turn.
 */
export class Nim implements Game {
  readonly actions = 4;
  readonly stateSize = 2;
  readonly valueSize: number;

  constructor(readonly players: number) {
    this.valueSize = players;
  }

  kind(state: Int32Array, at: number): number {
    return state[at] === 0 ? TERMINAL : DECISION;
  }

  mover(state: Int32Array, at: number): number {
    return state[at + 1]!;
  }

  legal(state: Int32Array, at: number, out: Uint16Array): number {
    const n = Math.min(3, state[at]!);
    for (let i = 0; i < n; i++) out[i] = i + 1;
    return n;
  }

  apply(state: Int32Array, at: number, action: number): void {
    state[at]! -= action;
    state[at + 1] = (state[at + 1]! + 1) % this.players;
  }

  applyChance(): void {
    throw new Error('no chance in Nim');
  }

  /** With the heap empty, the player to move is the one after the winner. */
  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void {
    for (let p = 0; p < this.players; p++) {
      const behind = (p - state[at + 1]! + this.players) % this.players;
      out[outAt + p] = (2 * behind) / (this.players - 1) - 1;
    }
  }

  /** The player who takes the last stone in perfect play, by the size of the heap, with player 0 to move. */
  winners(largest: number): number[] {
    const table = [this.players - 1];
    for (let heap = 1; heap <= largest; heap++) {
      // After a move the next player sits in seat 0 of the smaller heap. A player wants to win, or else to come as far behind
      // the winner in turn as possible.
      const ends = [1, 2, 3].filter((n) => n <= heap).map((n) => (table[heap - n]! + 1) % this.players);
      const worth = (winner: number) => (winner === 0 ? this.players : this.players - winner);
      table.push(ends.reduce((best, end) => (worth(end) < worth(best) ? best : end)));
    }
    return table;
  }
}
