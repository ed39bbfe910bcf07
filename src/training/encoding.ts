import { COLOURS, countOf, MARKER, sizeOf } from '../game/pile.js';
import { FACTORY_TILES, FLOOR_SPACES, Rules } from '../game/rules.js';
import {
  BAG,
  BOARD_SIZE,
  BOARDS,
  CENTRE,
  FLOOR,
  LID,
  LINES,
  lineColour,
  lineCount,
  PHASE,
  PLAYING,
  ROUND,
  SCORE,
  TURN,
  WALL,
} from '../game/state.js';
import { CELLS, cellOf, completeRows, endBonus, placementScore, ROWS } from '../game/wall.js';
import { Prospects, prospectInputs } from './prospects.js';

/** Changes whenever the meaning of an input or of a head does; a model file names the one it was trained with. */
export const ENCODING = 'azul-4';

/** The greatest input. */
export const INPUT_LIMIT = 1.27;

const FACTORY_INPUTS = COLOURS * FACTORY_TILES;
/** Steps of the thermometers of the centre's counts. */
export const CENTRE_STEPS = 6;
const CENTRE_INPUTS = COLOURS * (CENTRE_STEPS + 1) + 1;
const LINE_INPUTS = ROWS * COLOURS + 15;
const BOARD_INPUTS = CELLS + LINE_INPUTS + CELLS + FLOOR_SPACES + 1 + 1 + 4;
/** Of each colour. */
const SUPPLY_INPUTS = FACTORY_TILES + 1;
const ROUND_STEPS = 7;
const GLOBAL_INPUTS = COLOURS * SUPPLY_INPUTS + 2 * COLOURS + ROUND_STEPS + 4;

/** Where the inputs have the thermometer of a factory's tiles of a colour, `FACTORY_TILES` long. */
export function factoryInput(factory: number, colour: number): number {
  return FACTORY_INPUTS * factory + FACTORY_TILES * colour;
}

/** Where the inputs have the thermometer of the centre's tiles of a colour, `CENTRE_STEPS` long. */
export function centreInput(factories: number, colour: number): number {
  return FACTORY_INPUTS * factories + (CENTRE_STEPS + 1) * colour;
}

/** Start of each line's thermometer among the 15 fill inputs. */
const FILL_START = [0, 1, 3, 6, 10] as const;

/**
 * The network's view of a position, as floats: who is to move comes first, the other seats follow in turn order, and
 * factories are sorted (canonical.ts), so that rotated seats and renumbered factories look the same.
 *
 * | inputs            | each | what                                                                               |
 * | ----------------- | ---- | ---------------------------------------------------------------------------------- |
 * | factories         | 20   | colour by colour a thermometer of its count: >= 1, 2, 3, 4                          |
 * | centre            | 36   | colour by colour a thermometer to >= 6 and the count / 20; the marker              |
 * | boards            | 103  | 25 wall cells; line colours (5 x 5) and fills (thermometers of 1 to 5); for each   |
 * |                   |      | empty cell, full lines tiled, the points of a tile there / 5; floor (thermometer   |
 * |                   |      | of 7), marker; score / 100; and if the round ended now: points gained / 20, floor  |
 * |                   |      | cost / 20, end bonus / 50, whether a row would be complete                         |
 * | supply            | 25   | colour by colour: factories with just 1, 2, 3, 4 tiles of it / 5; all its tiles    |
 * |                   |      | there and in the centre / 20                                                       |
 * | bag, lid          | 5, 5 | counts / 20                                                                        |
 * | round             | 7    | thermometer: >= 1 to 7                                                             |
 * | rest              | 4    | a deal is due; tiles left to take / 50; points ahead of the best other seat / 50,  |
 * |                   |      | points behind / 50                                                                 |
 * | prospects         |      | what the rest of the round can bring (prospects.ts)                                |
 *
 * All are whole hundredths from 0 to INPUT_LIMIT, where what is greater ends, so that a byte holds them exactly.
 */
export class Encoder {
  /** Floats in an encoded position: 579, 802 or 1025. */
  readonly inputs: number;
  private readonly rules: Rules;
  private readonly prospects = new Prospects();
  /** Where the prospects' inputs begin. */
  private readonly firstProspect: number;

  constructor(readonly players: number) {
    this.rules = Rules.for(players);
    this.firstProspect = this.rules.factories * FACTORY_INPUTS + CENTRE_INPUTS + players * BOARD_INPUTS + GLOBAL_INPUTS;
    this.inputs = this.firstProspect + prospectInputs(players);
  }

  /** Writes the inputs of the canonical position at `at` of `states` to `out` from `to` on. */
  encode(states: Int32Array, at: number, out: Float32Array, to: number): void {
    out.fill(0, to, to + this.inputs);
    const { players, rules, prospects } = this;
    const firstProspect = to + this.firstProspect;
    prospects.clear();
    const supply = firstProspect - GLOBAL_INPUTS;
    for (let f = 0; f < rules.factories; f++) {
      const pile = states[at + rules.firstFactory + f]!;
      for (let colour = 0; colour < COLOURS; colour++) {
        const count = countOf(pile, colour);
        for (let i = 0; i < count; i++) out[to + i] = 1;
        if (count > 0) {
          out[supply + SUPPLY_INPUTS * colour + count - 1]! += 1 / 5;
          prospects.addGroup(colour, count, false);
        }
        to += FACTORY_TILES;
      }
    }
    const centre = states[at + CENTRE]!;
    let tilesLeft = 0;
    for (let colour = 0; colour < COLOURS; colour++) {
      const count = countOf(centre, colour);
      for (let i = 0; i < count && i < CENTRE_STEPS; i++) out[to + i] = 1;
      out[to + CENTRE_STEPS] = count / 20;
      if (count > 0) prospects.addGroup(colour, count, true);
      to += CENTRE_STEPS + 1;
      const exactly = supply + SUPPLY_INPUTS * colour;
      let tiles = count;
      for (let i = 0; i < FACTORY_TILES; i++) {
        tiles += Math.round(5 * out[exactly + i]!) * (i + 1);
        out[exactly + i] = Math.min(INPUT_LIMIT, out[exactly + i]!);
      }
      out[exactly + FACTORY_TILES] = tiles / 20;
      tilesLeft += tiles;
    }
    if (centre & MARKER) out[to] = 1;
    to++;
    const mover = states[at + TURN]!;
    let bestOther = 0;
    for (let seat = 0; seat < players; seat++) {
      const player = mover + seat < players ? mover + seat : mover + seat - players;
      const board = at + BOARDS + BOARD_SIZE * player;
      if (seat > 0) bestOther = Math.max(bestOther, states[board + SCORE]!);
      this.encodeBoard(states, board, out, to, seat, firstProspect);
      to += BOARD_INPUTS;
    }
    to += COLOURS * SUPPLY_INPUTS;
    for (let colour = 0; colour < COLOURS; colour++) {
      out[to + colour] = countOf(states[at + BAG]!, colour) / 20;
      out[to + COLOURS + colour] = countOf(states[at + LID]!, colour) / 20;
    }
    to += 2 * COLOURS;
    const round = states[at + ROUND]!;
    for (let i = 0; i < round && i < ROUND_STEPS; i++) out[to + i] = 1;
    to += ROUND_STEPS;
    if (states[at + PHASE] !== PLAYING) out[to] = 1;
    out[to + 1] = tilesLeft / 50;
    const ahead = states[at + BOARDS + BOARD_SIZE * mover + SCORE]! - bestOther;
    out[to + (ahead > 0 ? 2 : 3)] = Math.min(INPUT_LIMIT, Math.abs(ahead) / 50);
    prospects.encodeRest(players, out, firstProspect);
  }

  private encodeBoard(
    states: Int32Array,
    board: number,
    out: Float32Array,
    to: number,
    seat: number,
    firstProspect: number,
  ): void {
    const lines = states[board + LINES]!;
    const floor = states[board + FLOOR]!;
    let wall = states[board + WALL]!;
    for (let bits = wall; bits !== 0; bits &= bits - 1) out[to + 31 - Math.clz32(bits & -bits)] = 1;
    to += CELLS;
    let gain = 0;
    for (let row = 0; row < ROWS; row++) {
      const count = lineCount(lines, row);
      if (count === 0) continue;
      const colour = lineColour(lines, row);
      out[to + COLOURS * row + colour] = 1;
      const fill = to + ROWS * COLOURS + FILL_START[row]!;
      for (let i = 0; i < count; i++) out[fill + i] = 1;
      if (count === row + 1) {
        gain += placementScore(wall, row, (colour + row) % COLOURS);
        wall |= cellOf(row, colour);
      }
    }
    to += LINE_INPUTS;
    for (let row = 0, cell = 0; row < ROWS; row++) {
      for (let column = 0; column < COLOURS; column++, cell++) {
        if (((wall >> cell) & 1) === 0) out[to + cell] = Math.min(INPUT_LIMIT, placementScore(wall, row, column) / 5);
      }
    }
    to += CELLS;
    const spaces = Math.min(FLOOR_SPACES, sizeOf(floor) + (floor >> 25));
    for (let i = 0; i < spaces; i++) out[to + i] = 1;
    to += FLOOR_SPACES;
    if (floor & MARKER) out[to] = 1;
    out[to + 1] = Math.min(INPUT_LIMIT, states[board + SCORE]! / 100);
    const cost = this.rules.floorCost(floor);
    const bonus = endBonus(wall);
    out[to + 2] = Math.min(INPUT_LIMIT, gain / 20);
    out[to + 3] = cost / 20;
    out[to + 4] = Math.min(INPUT_LIMIT, bonus / 50);
    if (completeRows(wall) > 0) out[to + 5] = 1;
    const score = Math.max(0, states[board + SCORE]! + gain - cost) + bonus;
    this.prospects.encodeBoard(seat, lines, wall, spaces, score, out, firstProspect);
  }
}
