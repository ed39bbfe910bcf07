import { actionOf, TO_FLOOR } from '../game/action.js';
import { FLOOR_COST, FLOOR_SPACES, spacesTaken } from '../game/floorLine.js';
import { FIRST_LINE, openLines } from '../game/openLines.js';
import { COLOURS, countOf, lastColourOf, markersIn, tilesOf, without } from '../game/pile.js';
import type { Rules } from '../game/rules.js';
import { boardAt, CENTRE, FLOOR, LINES, lineCount, SCORE, TURN, WALL, withLine } from '../game/state.js';
import { fullCells, tile, tiledWall, tilingPoints } from '../game/tiling.js';
import { cellOf, columnFor, completeRows, endBonus, placementScore, ROWS } from '../game/wall.js';

/** A point in the units of a lead. A complete row is 1. */
export const POINT = 16;
/** No lead. */
export const UNKNOWN = -32_000;

/** Max moves of a round, one tile each, and of a position: 6 sources, 5 colours, 6 destinations. */
const MAX_PLY = 21;
const MAX_MOVES = 180;

/**
 * A position as 22 numbers. The first 16 are its key in the table: the piles of the five factories and of the centre, whether
 * the marker lies in the centre, the mover, and for both players the wall, the score, the lines and the spaces taken of the
 * floor line. The others follow from these for both players: `openLines`, and the points and the end bonus once full lines
 * are tiled, before the floor line is paid.
 */
const CENTRE_PILE = 5;
const HAS_MARKER = 6;
const MOVER = 7;
const WALL_OF = 8;
const SCORE_OF = 10;
const LINES_OF = 12;
const FLOOR_OF = 14;
export const KEY_SIZE = 16;
const OPEN_OF = 16;
const POINTS_OF = 18;
const BONUS_OF = 20;
export const POSITION_SIZE = 22;

/** Cost of a floor line by spaces taken plus tiles that fall, at most 7 + 1 + 20. */
const COST = Int32Array.from({ length: 29 }, (_, tiles) => FLOOR_COST[Math.min(FLOOR_SPACES, tiles)]!);
/** Bits of a move below its priority: 4 for the source, 3 for the colour, 3 for the destination. */
const MOVE_BITS = 10;
/** Added to priorities to keep them above 0. */
const BASE_PRIORITY = 1024;

/**
 * A line of play in a two-player round that is sure to be the last, position by position. On a board only the lines, the
 * floor line and the results of full lines can change.
 */
export class LastRound {
  /** `[plies, POSITION_SIZE]`: positions; the first `KEY_SIZE` numbers of each identify it. */
  readonly positions = new Int32Array((MAX_PLY + 1) * POSITION_SIZE);
  /** The moves of all positions, as `generate` lists them. */
  readonly moves = new Int32Array(MAX_PLY * MAX_MOVES);
  /** `[player, 8 * row + colour]`: points and bonuses of a tile there, on the wall with the lines that are full at first. */
  private readonly worth = new Int32Array(2 * 8 * ROWS);

  constructor(private readonly rules: Rules) {}

  /** Starts with a position whose factories are sorted. */
  begin(state: Int32Array, at: number): void {
    const { positions, rules } = this;
    for (let f = 0; f < rules.factories; f++) positions[f] = state[at + rules.firstFactory + f]!;
    const centre = state[at + CENTRE]!;
    positions[CENTRE_PILE] = tilesOf(centre);
    positions[HAS_MARKER] = markersIn(centre);
    positions[MOVER] = state[at + TURN]!;
    for (let player = 0; player < 2; player++) {
      const board = boardAt(at, player);
      const floor = state[board + FLOOR]!;
      const lines = state[board + LINES]!;
      positions[WALL_OF + player] = state[board + WALL]!;
      positions[SCORE_OF + player] = state[board + SCORE]!;
      positions[LINES_OF + player] = lines;
      positions[OPEN_OF + player] = openLines(lines, state[board + WALL]!);
      positions[FLOOR_OF + player] = spacesTaken(floor);
      this.weighCells(player, this.countFullLines(0, player, lines));
    }
  }

  /** Writes a player's points and bonuses once full lines are on the wall, and returns that wall. */
  private countFullLines(at: number, player: number, lines: number): number {
    const { positions } = this;
    const tiling = tile(positions[WALL_OF + player]!, fullCells(lines));
    const wall = tiledWall(tiling);
    positions[at + POINTS_OF + player] = positions[SCORE_OF + player]! + tilingPoints(tiling);
    positions[at + BONUS_OF + player] = POINT * endBonus(wall) + completeRows(wall);
    return wall;
  }

  /** Fills a player's row of `worth`. */
  private weighCells(player: number, wall: number): void {
    for (let row = 0; row < ROWS; row++) {
      for (let colour = 0; colour < COLOURS; colour++) {
        const bonus = endBonus(wall | cellOf(row, colour)) - endBonus(wall);
        this.worth[8 * (ROWS * player + row) + colour] = bonus + placementScore(wall, row, columnFor(row, colour));
      }
    }
  }

  /** Returns the mover's lead if at most one group is left; otherwise UNKNOWN. */
  lead(at: number): number {
    const { positions } = this;
    let piles = 0;
    let source = 0;
    for (let i = 0; i <= CENTRE_PILE; i++) {
      if (positions[at + i] === 0) continue;
      piles++;
      source = i;
    }
    if (piles > 1) return UNKNOWN;
    if (piles === 0) return this.leadAtEnd(at);
    const pile = positions[at + source]!;
    const colour = lastColourOf(pile);
    return without(pile, colour) === 0 ? this.takeLast(at, source, colour) : UNKNOWN;
  }

  /** The mover's lead after its best move with the last group. */
  private takeLast(at: number, source: number, colour: number): number {
    const { positions } = this;
    const mover = positions[at + MOVER]!;
    const count = countOf(positions[at + source]!, colour);
    const lines = positions[at + LINES_OF + mover]!;
    const next = at + POSITION_SIZE;
    let floor = positions[at + FLOOR_OF + mover]!;
    if (source === CENTRE_PILE) floor += positions[at + HAS_MARKER]!;
    let best = this.total(at, mover, floor + count);
    for (let set = (positions[at + OPEN_OF + mover]! >> (5 * colour)) & 31; set !== 0; set &= set - 1) {
      const row = 31 - Math.clz32(set & -set);
      const over = count - (row + 1 - lineCount(lines, row));
      if (over < 0) {
        best = Math.max(best, this.total(at, mover, floor));
      } else {
        this.countFullLines(next, mover, withLine(lines, row, colour, row + 1));
        best = Math.max(best, this.total(next, mover, floor + over));
      }
    }
    return best - this.total(at, 1 - mover, positions[at + FLOOR_OF + 1 - mover]!);
  }

  /** The mover's lead if nothing is left. */
  private leadAtEnd(at: number): number {
    const { positions } = this;
    const mover = positions[at + MOVER]!;
    const total = (player: number) => this.total(at, player, positions[at + FLOOR_OF + player]!);
    return total(mover) - total(1 - mover);
  }

  /** A player's final total if its floor line has `floor` spaces taken. */
  private total(at: number, player: number, floor: number): number {
    const points = this.positions[at + POINTS_OF + player]! - COST[floor]!;
    return this.positions[at + BONUS_OF + player]! + POINT * Math.max(0, points);
  }

  /** Writes the position after a move, behind the position before it. */
  play(at: number, move: number): void {
    const { positions } = this;
    const to = at + POSITION_SIZE;
    for (let i = at; i < to; i++) positions[i + POSITION_SIZE] = positions[i]!;
    const source = (move >> 6) & 15;
    const colour = (move >> 3) & 7;
    const row = move & 7;
    const mover = positions[at + MOVER]!;
    const pile = positions[at + source]!;
    let floor = positions[at + FLOOR_OF + mover]!;
    let count = countOf(pile, colour);
    if (source === CENTRE_PILE) {
      positions[to + CENTRE_PILE] = without(pile, colour);
      floor += positions[at + HAS_MARKER]!;
      positions[to + HAS_MARKER] = 0;
    } else {
      // The factories stay sorted, the empty ones last.
      for (let i = source; i < CENTRE_PILE - 1; i++) positions[to + i] = positions[at + i + 1]!;
      positions[to + CENTRE_PILE - 1] = 0;
      positions[to + CENTRE_PILE]! += without(pile, colour);
    }
    positions[to + MOVER] = 1 - mover;
    if (row !== TO_FLOOR) {
      const lines = positions[at + LINES_OF + mover]!;
      const filled = lineCount(lines, row);
      const placed = Math.min(row + 1 - filled, count);
      const isFull = filled + placed > row;
      const others = positions[at + OPEN_OF + mover]! & ~(FIRST_LINE << row);
      positions[to + LINES_OF + mover] = withLine(lines, row, colour, filled + placed);
      positions[to + OPEN_OF + mover] = isFull ? others : others | (1 << (5 * colour + row));
      if (isFull) this.countFullLines(to, mover, positions[to + LINES_OF + mover]!);
      count -= placed;
    }
    positions[to + FLOOR_OF + mover] = Math.min(FLOOR_SPACES, floor + count);
  }

  /**
   * Writes the moves from `from` on and returns where they end. Only the first of equal factories is used. A move's priority
   * is high if it gains much and takes much from the other player. In 19 of 20 positions that one move refutes, the move with
   * the highest priority does.
   */
  generate(at: number, from: number): number {
    const { positions, moves, worth } = this;
    const mover = positions[at + MOVER]!;
    const lines = positions[at + LINES_OF + mover]!;
    let end = from;
    for (let source = 0; source <= CENTRE_PILE; source++) {
      const pile = positions[at + source]!;
      if (pile === 0 || (source > 0 && source < CENTRE_PILE && pile === positions[at + source - 1])) continue;
      let floor = positions[at + FLOOR_OF + mover]!;
      if (source === CENTRE_PILE) floor += positions[at + HAS_MARKER]!;
      for (let rest = pile; rest !== 0; ) {
        const colour = lastColourOf(rest);
        const count = countOf(rest, colour);
        rest = without(rest, colour);
        const move = (source << 6) | (colour << 3);
        const denied = BASE_PRIORITY + 4 * this.maxWorth(at, 1 - mover, colour, count);
        moves[end++] = ((denied - 8 * COST[floor + count]!) << MOVE_BITS) | move | TO_FLOOR;
        for (let set = (positions[at + OPEN_OF + mover]! >> (5 * colour)) & 31; set !== 0; set &= set - 1) {
          const row = 31 - Math.clz32(set & -set);
          const over = count - (row + 1 - lineCount(lines, row));
          const gain =
            over < 0 ? row - 8 * COST[floor]! : 8 * (worth[8 * (ROWS * mover + row) + colour]! - COST[floor + over]!);
          moves[end++] = ((denied + gain) << MOVE_BITS) | move | row;
        }
      }
    }
    return end;
  }

  /** The highest worth of a line that `count` tiles of a colour would fill for a player; 0 if there is none. */
  private maxWorth(at: number, player: number, colour: number, count: number): number {
    const { positions, worth } = this;
    const lines = positions[at + LINES_OF + player]!;
    let max = 0;
    for (let set = (positions[at + OPEN_OF + player]! >> (5 * colour)) & 31; set !== 0; set &= set - 1) {
      const row = 31 - Math.clz32(set & -set);
      if (row + 1 - lineCount(lines, row) <= count) max = Math.max(max, worth[8 * (ROWS * player + row) + colour]!);
    }
    return max;
  }
}

/** The action number of a move. */
export function actionOfMove(move: number): number {
  return actionOf((move >> 6) & 15, (move >> 3) & 7, move & 7);
}
