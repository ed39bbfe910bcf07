import { DECISION, type Game, TERMINAL } from '../../../src/mcts/game.js';

const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
] as const;

/** Tic-tac-toe: nine cells (0 empty, 1 and 2 the players' marks), then the turn. A win is 1, a loss -1. */
export class TicTacToe implements Game {
  readonly players = 2;
  readonly actions = 9;
  readonly stateSize = 10;
  readonly valueSize = 2;

  /** A position as text: `x` moves first, `.` is empty, anything else is ignored. */
  position(text: string): Int32Array {
    const cells = [...text].filter((c) => c === 'x' || c === 'o' || c === '.').map((c) => '.xo'.indexOf(c));
    return Int32Array.from([...cells, cells.filter((c) => c !== 0).length % 2]);
  }

  kind(state: Int32Array, at: number): number {
    if (this.winner(state, at) >= 0) return TERMINAL;
    for (let i = 0; i < 9; i++) if (state[at + i] === 0) return DECISION;
    return TERMINAL;
  }

  mover(state: Int32Array, at: number): number {
    return state[at + 9]!;
  }

  legal(state: Int32Array, at: number, out: Uint16Array): number {
    let n = 0;
    for (let i = 0; i < 9; i++) if (state[at + i] === 0) out[n++] = i;
    return n;
  }

  apply(state: Int32Array, at: number, action: number): void {
    state[at + action] = state[at + 9]! + 1;
    state[at + 9]! ^= 1;
  }

  applyChance(): void {
    throw new Error('no chance in tic-tac-toe');
  }

  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void {
    const winner = this.winner(state, at);
    for (let p = 0; p < 2; p++) out[outAt + p] = winner < 0 ? 0 : winner === p ? 1 : -1;
  }

  /** The player who has three in a row, or -1. */
  private winner(state: Int32Array, at: number): number {
    for (const [a, b, c] of LINES) {
      const mark = state[at + a]!;
      if (mark !== 0 && mark === state[at + b] && mark === state[at + c]) return mark - 1;
    }
    return -1;
  }
}
