import { FLOOR_COST, FLOOR_SPACES } from '../game/floorLine.js';
import { COLOURS } from '../game/pile.js';
import { lineColour, lineCount } from '../game/state.js';
import { BONUS_CELLS, CELLS, cellsOf, columnFor, placementScore, ROWS, rowColours } from '../game/wall.js';
import { LEAD_INPUTS, thermometer, writeBits, writeLead } from './inputs.js';

/** Inputs per board. */
const BOARD_INPUTS = CELLS + BONUS_CELLS.length + CELLS + 3 * COLOURS;
/** Steps of the thermometer of the groups of tiles left to take. */
const GROUP_STEPS = 10;

const ALL_COLOURS = (1 << COLOURS) - 1;
/** COST[points]: the input for points of the floor line, points / 14 in whole hundredths. */
const COST = Float32Array.from({ length: 15 }, (_, points) => Math.round((100 * points) / 14) / 100);

/** UP_TO[n]: colour 0 for 0 to n spaces, in sets with bit 5s + k for s spaces and colour k. */
const UP_TO = Int32Array.from({ length: ROWS + 1 }, (_, n) => {
  let set = 0;
  for (let spaces = 0; spaces <= n; spaces++) set |= 1 << (COLOURS * spaces);
  return set;
});

/** Number of inputs for a position of n players. */
export function prospectInputs(players: number): number {
  return players * BOARD_INPUTS + LEAD_INPUTS + GROUP_STEPS;
}

/**
 * Inputs (encoding.ts) that say what the rest of the round can bring: which cells the tiles on the table can still fill,
 * what would fall to the floor, and the lead. They follow from the other inputs, but by products and comparisons that a
 * multilayer perceptron learns slowly.
 *
 * | inputs | each | what                                                                                            |
 * | ------ | ---- | ----------------------------------------------------------------------------------------------- |
 * | boards | 80   | full lines tiled, for each cell of the wall: whether the tiles left suffice to fill its line;     |
 * |        |      | for each row, column and colour: whether at most one cell is missing and that can be filled;      |
 * |        |      | for each cell: whether one take fills its line and nothing falls; for each colour: the max that   |
 * |        |      | an unfilled line takes of it / 5, the additional cost of the floor line / 14 if all of it in the  |
 * |        |      | centre must be taken, and the max points / 10 of a line that the centre's tiles of it can fill    |
 * | lead   | 21   | thermometer of the mover's lead over the best other seat, if the game ended now: >= -20, … 20     |
 * | groups | 10   | thermometer of the groups of tiles left to take                                                   |
 */
export class Prospects {
  /** For each colour: the tiles left to take, and those in the centre. */
  readonly available = new Int32Array(COLOURS);
  private readonly centre = new Int32Array(COLOURS);
  private groups = 0;
  /** Colours by the spaces that they can fill: with all tiles, with one group of exactly that size, with the centre's tiles. */
  private enough = 0;
  private exactly = 0;
  private inCentre = 0;
  private own = 0;
  private bestOther = 0;

  /** Starts another position. */
  clear(): void {
    this.available.fill(0);
    this.centre.fill(0);
    this.groups = 0;
    this.exactly = 0;
  }

  /** Adds a group: tiles of a colour, at least one, that one move takes. */
  addGroup(colour: number, count: number): void {
    this.available[colour]! += count;
    if (count <= ROWS) this.exactly |= 1 << (COLOURS * count + colour);
    this.groups++;
  }

  /** Adds the centre's tiles of a colour, at least one. */
  addCentre(colour: number, count: number): void {
    this.centre[colour] = count;
    this.addGroup(colour, count);
  }

  /** Must be called after the groups and before the boards. */
  groupsAreComplete(): void {
    this.enough = 0;
    this.inCentre = 0;
    for (let colour = 0; colour < COLOURS; colour++) {
      this.enough |= UP_TO[Math.min(ROWS, this.available[colour]!)]! << colour;
      this.inCentre |= UP_TO[Math.min(ROWS, this.centre[colour]!)]! << colour;
    }
  }

  /**
   * Writes a board's inputs, which must be 0 before. Takes its lines, its wall with full lines tiled, the spaces taken of its
   * floor line, and the score if the game ended now. Seats come in order, the mover first.
   */
  encodeBoard(
    seat: number,
    lines: number,
    wall: number,
    floor: number,
    score: number,
    out: Float32Array,
    from: number,
  ): void {
    const { centre, enough, exactly, inCentre } = this;
    if (seat === 0) this.own = score;
    else if (seat === 1 || score > this.bestOther) this.bestOther = score;
    const cells = from + BOARD_INPUTS * seat;
    const bonuses = cells + CELLS;
    const exact = bonuses + BONUS_CELLS.length;
    const room = exact + CELLS;
    const cost = room + COLOURS;
    const points = cost + COLOURS;
    let takers = ALL_COLOURS;
    let fillable = 0;
    let inOneTake = 0;
    for (let row = 0; row < ROWS; row++) {
      const count = lineCount(lines, row);
      const spaces = row + 1 - count;
      if (spaces === 0) continue;
      const colours = count > 0 ? 1 << lineColour(lines, row) : ALL_COLOURS & ~rowColours(wall, row);
      const place = COLOURS * spaces;
      takers |= colours << place;
      fillable |= cellsOf(row, colours & (enough >> place));
      inOneTake |= cellsOf(row, colours & (exactly >> place));
      for (let set = colours & (inCentre >> place); set !== 0; set &= set - 1) {
        const colour = 31 - Math.clz32(set & -set);
        const gained = placementScore(wall, row, columnFor(row, colour)) / 10;
        if (gained > out[points + colour]!) out[points + colour] = gained;
      }
    }
    writeBits(out, cells, fillable);
    writeBits(out, exact, inOneTake);
    for (let i = 0; i < BONUS_CELLS.length; i++) {
      const missing = BONUS_CELLS[i]! & ~wall;
      if (((missing & (missing - 1)) | (missing & ~fillable)) === 0) out[bonuses + i] = 1;
    }
    for (let colour = 0; colour < COLOURS; colour++) {
      const spaces = ((31 - Math.clz32((takers >> colour) & UP_TO[ROWS]!)) / COLOURS) | 0;
      out[room + colour] = spaces / 5;
      const fallen = Math.max(0, centre[colour]! - spaces);
      out[cost + colour] = COST[FLOOR_COST[Math.min(FLOOR_SPACES, floor + fallen)]! - FLOOR_COST[floor]!]!;
    }
  }

  /** Writes the other inputs, after all boards. */
  encodeRest(players: number, out: Float32Array, from: number): void {
    const to = from + BOARD_INPUTS * players;
    writeLead(out, to, this.own - this.bestOther);
    writeBits(out, to + LEAD_INPUTS, thermometer(Math.min(GROUP_STEPS, this.groups)));
  }
}
