import { TO_FLOOR } from '../game/action.js';
import { FLOOR_COST, FLOOR_SPACES, spacesTaken } from '../game/floorLine.js';
import { FIRST_LINE, openLines } from '../game/openLines.js';
import { COLOURS, countOf, hasMarker, lastColourOf, sizeOf, tilesOf, without } from '../game/pile.js';
import type { Rules } from '../game/rules.js';
import { boardAt, CENTRE, FLOOR, LINES, lineCount, ROUND, SCORE, TURN, WALL } from '../game/state.js';
import { fullCells, tile, tiledWall, tilingPoints } from '../game/tiling.js';
import { CELLS, cellOf, columnFor, completeRows, endBonus, ROWS, writeScores } from '../game/wall.js';
import { INPUT_LIMIT, LEAD_INPUTS, writeLead } from './inputs.js';

/** The first round with a playout. Earlier, the end of a round says little about the end of the game. */
const FIRST_ROUND = 3;
/** Inputs per board. */
const BOARD_INPUTS = 4;

/** A point, in the units by which moves are compared. */
const POINT = 300;
/** Worth of a tile that does not fill its line, for each line and per point of it: a fifth of the tile's fraction. */
const SHARE = Int32Array.of(60, 30, 20, 15, 12);
/** The worth of starting the next round. */
const TEMPO = 450;
/** Cost of a floor line by the tiles in it, with the marker and those that fall, at most 7 + 1 + 20. */
const COST = Int32Array.from({ length: 29 }, (_, tiles) => POINT * FLOOR_COST[Math.min(FLOOR_SPACES, tiles)]!);
/** WORTH[points]: the points of a cell. */
const WORTH = Float32Array.from({ length: 11 }, (_, points) => points);
/** GAIN[points]: the input for the points gained in a round. */
const GAIN = Float32Array.from({ length: 128 }, (_, points) =>
  Math.min(INPUT_LIMIT, Math.round((100 * points) / 30) / 100),
);

/** CELL_OF[8 * colour + row]: the index of a cell. */
const CELL_OF = Uint8Array.from({ length: 8 * COLOURS }, (_, key) => {
  const [colour, row] = [key >> 3, key & 7];
  return COLOURS * row + columnFor(row, colour);
});
/** Bits of a move below its value: 4 for the source, 3 for the colour, 3 for the destination. */
const MOVE_BITS = 10;

/** Number of inputs for a position of n players. */
export function playoutInputs(players: number): number {
  return players * BOARD_INPUTS + 2 * LEAD_INPUTS + 1;
}

/** The larger of two integers whose difference has 31 bits. It has no branch, because that would often be mispredicted. */
function larger(a: number, b: number): number {
  const difference = a - b;
  return a - (difference & (difference >> 31));
}

/**
 * Inputs (encoding.ts) that say how the round ends if every player is greedy. The worth of a move is the points of the line
 * that it fills, on the wall as it is now, or a fifth of its fraction of a line that it does not fill, minus the additional
 * cost of the floor line, plus 1.5 points for the marker. The playout saves the network the counting; what it misses is left
 * to the network and the search.
 *
 * | inputs | each | what                                                                                             |
 * | ------ | ---- | ------------------------------------------------------------------------------------------------ |
 * | boards | 4    | points gained / 30; score with end bonuses / 100; whether a row is complete; whether it starts    |
 * |        |      | the next round                                                                                   |
 * | leads  | 42   | thermometers of the mover's lead (inputs.ts): of scores, and with end bonuses                    |
 * | rest   | 1    | whether any row is complete                                                                      |
 *
 * All are 0 before the third round.
 */
export class Playout {
  private readonly piles: Int32Array;
  /** For each seat, the mover first: open lines; empty spaces of the lines, 3 bits each; spaces taken of the floor line. */
  private readonly open: Int32Array;
  private readonly spaces: Int32Array;
  private readonly floors: Int32Array;
  /** For each seat: the cells whose lines are full. */
  private readonly full: Int32Array;
  /** `[seats, cells]`: the points of a tile, at the start of the playout. */
  private readonly points: Float32Array;
  private starter = -1;

  constructor(private readonly rules: Rules) {
    const { players, factories } = rules;
    this.piles = new Int32Array(factories + 1);
    this.open = new Int32Array(players);
    this.spaces = new Int32Array(players);
    this.floors = new Int32Array(players);
    this.full = new Int32Array(players);
    this.points = new Float32Array(players * CELLS);
  }

  /** Writes the inputs of the position at `at` of `states` to `out` from `to` on. These must be 0 before. */
  encode(states: Int32Array, at: number, out: Float32Array, to: number): void {
    if (states[at + ROUND]! < FIRST_ROUND) return;
    this.setUp(states, at);
    this.play(states, at);
    this.write(states, at, out, to);
  }

  private setUp(states: Int32Array, at: number): void {
    const { rules, open, spaces, floors, full } = this;
    this.starter = -1;
    for (let seat = 0; seat < rules.players; seat++) {
      const board = boardOf(states, at, seat, rules.players);
      const lines = states[board + LINES]!;
      const wall = states[board + WALL]!;
      const floor = states[board + FLOOR]!;
      const cells = fullCells(lines);
      let empty = 0;
      for (let row = 0; row < ROWS; row++) empty |= (row + 1 - lineCount(lines, row)) << (3 * row);
      open[seat] = openLines(lines, wall);
      spaces[seat] = empty;
      full[seat] = cells;
      floors[seat] = spacesTaken(floor);
      if (hasMarker(floor)) this.starter = seat;
      writeScores(wall | cells, WORTH, this.points, CELLS * seat);
    }
  }

  /** Plays until no tile is left. */
  private play(states: Int32Array, at: number): void {
    const { piles, rules, points, open, spaces, floors, full } = this;
    const { factories, players, firstFactory } = rules;
    const centre = states[at + CENTRE]!;
    let marker = hasMarker(centre);
    let tiles = sizeOf(centre);
    piles[factories] = tilesOf(centre);
    for (let f = 0; f < factories; f++) {
      const pile = states[at + firstFactory + f]!;
      piles[f] = pile;
      tiles += sizeOf(pile);
    }
    for (let seat = 0; tiles > 0; seat = seat + 1 === players ? 0 : seat + 1) {
      const lines = open[seat]!;
      const empty = spaces[seat]!;
      const cells = CELLS * seat;
      let best = -1 << 30;
      for (let source = 0; source <= factories; source++) {
        let floor = floors[seat]!;
        let tempo = 0;
        if (source === factories && marker) {
          floor++;
          tempo = TEMPO;
        }
        for (let rest = piles[source]!; rest !== 0; ) {
          const colour = lastColourOf(rest);
          const count = countOf(rest, colour);
          rest = without(rest, colour);
          const move = (source << 6) | (colour << 3);
          best = larger(best, ((tempo - COST[floor + count]!) << MOVE_BITS) | move | TO_FLOOR);
          for (let set = (lines >> (5 * colour)) & 31; set !== 0; set &= set - 1) {
            const row = 31 - Math.clz32(set & -set);
            const worth = points[cells + CELL_OF[(colour << 3) | row]!]! | 0;
            const over = count - ((empty >> (3 * row)) & 7);
            const lacks = over >> 31;
            const fills = POINT * worth - COST[floor + (over & ~lacks)]!;
            const begins = SHARE[row]! * worth * count - COST[floor]!;
            best = larger(best, ((tempo + fills + ((begins - fills) & lacks)) << MOVE_BITS) | move | row);
          }
        }
      }
      const source = (best >> 6) & 15;
      const colour = (best >> 3) & 7;
      const row = best & 7;
      const pile = piles[source]!;
      let count = countOf(pile, colour);
      tiles -= count;
      piles[source] = 0;
      piles[factories]! += without(pile, colour);
      if (source === factories && marker) {
        marker = false;
        this.starter = seat;
        floors[seat]!++;
      }
      if (row !== TO_FLOOR) {
        const room = (empty >> (3 * row)) & 7;
        const placed = Math.min(room, count);
        spaces[seat] = empty - (placed << (3 * row));
        open[seat] = lines & ~(FIRST_LINE << row);
        if (placed < room) open[seat]! |= 1 << (5 * colour + row);
        else full[seat]! |= cellOf(row, colour);
        count -= placed;
      }
      floors[seat] = Math.min(FLOOR_SPACES, floors[seat]! + count);
    }
  }

  private write(states: Int32Array, at: number, out: Float32Array, to: number): void {
    const { players } = this.rules;
    let lead = 0;
    let finalLead = 0;
    let over = 0;
    let other = -1;
    let otherFinal = -1;
    for (let seat = 0; seat < players; seat++) {
      const board = boardOf(states, at, seat, players);
      const before = states[board + SCORE]!;
      const tiling = tile(states[board + WALL]!, this.full[seat]!);
      const wall = tiledWall(tiling);
      const score = Math.max(0, before + tilingPoints(tiling) - FLOOR_COST[this.floors[seat]!]!);
      const complete = completeRows(wall) > 0 ? 1 : 0;
      const final = score + endBonus(wall);
      out[to] = GAIN[Math.max(0, score - before)]!;
      out[to + 1] = Math.min(INPUT_LIMIT, final / 100);
      out[to + 2] = complete;
      out[to + 3] = this.starter === seat ? 1 : 0;
      to += BOARD_INPUTS;
      over |= complete;
      if (seat === 0) {
        lead = score;
        finalLead = final;
      } else {
        if (score > other) other = score;
        if (final > otherFinal) otherFinal = final;
      }
    }
    writeLead(out, to, lead - other);
    writeLead(out, to + LEAD_INPUTS, finalLead - otherFinal);
    out[to + 2 * LEAD_INPUTS] = over;
  }
}

/** Index of the board that is `seat` seats after the mover's. */
function boardOf(states: Int32Array, at: number, seat: number, players: number): number {
  const player = states[at + TURN]! + seat;
  return boardAt(at, player < players ? player : player - players);
}
