import { COLOURS } from '../game/pile.js';
import { FLOOR_COST, FLOOR_SPACES } from '../game/rules.js';
import { lineColour, lineCount } from '../game/state.js';
import { BONUS_CELLS, CELLS, colourAt, placementScore, ROWS } from '../game/wall.js';

/** Of each board, see `encodeBoard`. */
const BOARD_INPUTS = CELLS + BONUS_CELLS.length + CELLS + 3 * COLOURS;
/** Leads that are told apart, if the game ended now: near 0, where each point counts, one by one. */
const LEADS = [-20, -15, -11, -8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20] as const;
/** Steps of the thermometer of the groups of tiles left to take. */
const GROUP_STEPS = 10;

/** Inputs for a position of so many players. */
export function prospectInputs(players: number): number {
  return players * BOARD_INPUTS + LEADS.length + GROUP_STEPS;
}

/**
 * The part of the network's inputs (encoding.ts) that tells what the rest of the round can bring: which cells the tiles
 * on the table can still fill, what would fall to the floor, and who is ahead by how much. All of it follows from the
 * other inputs, by products and comparisons that a multilayer perceptron is slow to learn.
 *
 * | inputs | each | what                                                                                            |
 * | ------ | ---- | ----------------------------------------------------------------------------------------------- |
 * | boards | 80   | full lines tiled, for each cell of the wall: whether the tiles left suffice to fill its line;     |
 * |        |      | for each row, column and colour: whether at most one cell is missing and that can be filled;      |
 * |        |      | for each cell: whether one take fills its line and nothing falls; for each colour: the most that  |
 * |        |      | an unfilled line takes of it / 5, what the floor line costs more / 14 if all of it in the centre  |
 * |        |      | must be taken, and the most points / 10 that the centre's tiles of it can fill a line for         |
 * | lead   | 21   | thermometer of the mover's lead over the best other seat, if the game ended now: >= -20, … 20     |
 * | groups | 10   | thermometer of the groups of tiles left to take                                                   |
 */
export class Prospects {
  /** Of each colour the tiles left to take, those in the centre, and the sizes of its groups as a bit set. */
  private readonly available = new Int32Array(COLOURS);
  private readonly centre = new Int32Array(COLOURS);
  private readonly sizes = new Int32Array(COLOURS);
  private groups = 0;
  private own = 0;
  private bestOther = 0;

  /** Begins with another position. */
  clear(): void {
    this.available.fill(0);
    this.centre.fill(0);
    this.sizes.fill(0);
    this.groups = 0;
  }

  /** Adds so many tiles of a colour, at least one, that can be taken together. */
  addGroup(colour: number, count: number, inCentre: boolean): void {
    this.available[colour]! += count;
    this.sizes[colour]! |= 1 << count;
    if (inCentre) this.centre[colour] = count;
    this.groups++;
  }

  /**
   * Writes a board's inputs, once all groups are there: its lines, its wall with full lines tiled, the spaces taken of its
   * floor line, and the score if the game ended now. Seats come in order, the mover's first.
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
    const { available, centre, sizes } = this;
    if (seat === 0) this.own = score;
    else if (seat === 1 || score > this.bestOther) this.bestOther = score;
    const cells = from + BOARD_INPUTS * seat;
    const bonuses = cells + CELLS;
    const exact = bonuses + BONUS_CELLS.length;
    const room = exact + CELLS;
    const cost = room + COLOURS;
    const points = cost + COLOURS;
    let fillable = 0;
    for (let row = 0, cell = 0; row < ROWS; row++) {
      const count = lineCount(lines, row);
      const needed = row + 1 - count;
      for (let column = 0; column < COLOURS; column++, cell++) {
        const colour = colourAt(row, column);
        if (needed === 0 || ((wall >> cell) & 1) !== 0 || (count > 0 && colour !== lineColour(lines, row))) continue;
        if (needed / 5 > out[room + colour]!) out[room + colour] = needed / 5;
        if (available[colour]! < needed) continue;
        fillable |= 1 << cell;
        out[cells + cell] = 1;
        if ((sizes[colour]! >> needed) & 1) out[exact + cell] = 1;
        if (centre[colour]! < needed) continue;
        const gained = placementScore(wall, row, column) / 10;
        if (gained > out[points + colour]!) out[points + colour] = gained;
      }
    }
    for (let i = 0; i < BONUS_CELLS.length; i++) {
      const missing = BONUS_CELLS[i]! & ~wall;
      if ((missing & (missing - 1)) === 0 && (missing & ~fillable) === 0) out[bonuses + i] = 1;
    }
    for (let colour = 0; colour < COLOURS; colour++) {
      const fallen = centre[colour]! - Math.round(5 * out[room + colour]!);
      if (fallen <= 0) continue;
      const more = FLOOR_COST[Math.min(FLOOR_SPACES, floor + fallen)]! - FLOOR_COST[floor]!;
      out[cost + colour] = Math.round((100 * more) / 14) / 100;
    }
  }

  /** Writes what is no board's, once all boards are there. */
  encodeRest(players: number, out: Float32Array, from: number): void {
    const lead = this.own - this.bestOther;
    let to = from + BOARD_INPUTS * players;
    for (let i = 0; i < LEADS.length && lead >= LEADS[i]!; i++) out[to + i] = 1;
    to += LEADS.length;
    for (let i = 0; i < this.groups && i < GROUP_STEPS; i++) out[to + i] = 1;
  }
}
