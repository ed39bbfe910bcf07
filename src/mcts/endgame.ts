/** The end of a two-player game, solved: alpha-beta over the rest of a round that is sure to be the last. */

import { openLines } from '../game/openLines.js';
import { COLOURS, lastColourOf, tilesOf, without } from '../game/pile.js';
import type { Rules } from '../game/rules.js';
import { BOARD_SIZE, BOARDS, CENTRE, LINES, lineCount, WALL } from '../game/state.js';
import { ROWS, rowColours, SET_SIZE } from '../game/wall.js';
import { actionOfMove, KEY_SIZE, LastRound, POSITION_SIZE, UNKNOWN } from './lastRound.js';
import { boundOf, Transpositions } from './transpositions.js';

/** Solves positions. Its table keeps results for later positions. */
export class Endgame {
  private readonly round: LastRound;
  private readonly table = new Transpositions();

  constructor(private readonly rules: Rules) {
    this.round = new LastRound(rules);
  }

  /**
   * The size of a position: its groups of tiles of one colour in one place, or a third of its moves if that is more. Each
   * step multiplies the work by about 2.7. Infinity if the round is not sure to be the last.
   */
  size(state: Int32Array, at: number): number {
    if (!this.isLastRound(state, at)) return Infinity;
    const { factories, firstFactory } = this.rules;
    const mine = openAt(state, at + BOARDS);
    const theirs = openAt(state, at + BOARDS + BOARD_SIZE);
    let groups = 0;
    let moves = 0;
    for (let source = 0; source <= factories; source++) {
      const pile = source === factories ? tilesOf(state[at + CENTRE]!) : state[at + firstFactory + source]!;
      for (let rest = pile; rest !== 0; groups++) {
        const colour = lastColourOf(rest);
        rest = without(rest, colour);
        moves += 2 + SET_SIZE[(mine >> (5 * colour)) & 31]! + SET_SIZE[(theirs >> (5 * colour)) & 31]!;
      }
    }
    return Math.max(groups, moves / 6);
  }

  /** Whether a full line will complete its row. */
  private isLastRound(state: Int32Array, at: number): boolean {
    for (let board = at + BOARDS; board < at + this.rules.firstFactory; board += BOARD_SIZE) {
      const lines = state[board + LINES]!;
      for (let row = 0; row < ROWS; row++) {
        if (lineCount(lines, row) === row + 1 && SET_SIZE[rowColours(state[board + WALL]!, row)] === COLOURS - 1)
          return true;
      }
    }
    return false;
  }

  /**
   * Returns the mover's lead at the end if both play perfectly: 16 for each point plus 1 for each complete row. Factories are
   * sorted.
   */
  solve(state: Int32Array, at: number): number {
    this.round.begin(state, at);
    return this.search(0, 0, UNKNOWN, -UNKNOWN);
  }

  /** Returns an action that reaches the lead of `solve`. The table holds most of the work after `solve`. */
  best(state: Int32Array, at: number): number {
    const { round } = this;
    const lead = this.solve(state, at);
    const end = round.generate(0, 0);
    for (let i = 0; i < end; i++) {
      round.play(0, round.moves[i]!);
      if (0 - this.search(POSITION_SIZE, end, -lead, 1 - lead) >= lead) return actionOfMove(round.moves[i]!);
    }
    throw new Error('a solved position has a best move');
  }

  /** The mover's lead in the position at `at`, by principal variation search. It may write `moves` from `from` on. */
  private search(at: number, from: number, alpha: number, beta: number): number {
    const { round, table } = this;
    const { moves } = round;
    const known = round.lead(at);
    if (known !== UNKNOWN) return known;
    const slot = table.find(round.positions, at, KEY_SIZE);
    if (table.hit && table.settles(slot, alpha, beta)) return table.value(slot);
    const { keyA, keyB } = table;

    const end = round.generate(at, from);
    let best = UNKNOWN;
    for (let i = from; i < end; i++) {
      let first = i;
      for (let j = i + 1; j < end; j++) if (moves[j]! > moves[first]!) first = j;
      const move = moves[first]!;
      moves[first] = moves[i]!;
      round.play(at, move);
      const low = Math.max(alpha, best);
      const child = at + POSITION_SIZE;
      let value = 0 - this.search(child, end, i === from ? -beta : -low - 1, -low);
      if (i > from && value > low && value < beta) value = 0 - this.search(child, end, -beta, -value);
      if (value > best) best = value;
      if (best >= beta) break;
    }
    table.store(slot, keyA, keyB, 0, 0, boundOf(best, alpha, beta), best);
    return best;
  }
}

function openAt(state: Int32Array, board: number): number {
  return openLines(state[board + LINES]!, state[board + WALL]!);
}
