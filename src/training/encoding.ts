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
import { cellOf, completeRows, endBonus, placementScore, ROWS } from '../game/wall.js';

/** Changes whenever the meaning of an input does; a model file names the encoding it was trained with. */
export const ENCODING = 'azul-1';

const FACTORY_INPUTS = COLOURS * FACTORY_TILES;
const CENTRE_STEPS = 6;
const CENTRE_INPUTS = COLOURS * (CENTRE_STEPS + 1) + 1;
const LINE_INPUTS = ROWS * COLOURS + 15;
const BOARD_INPUTS = 25 + LINE_INPUTS + FLOOR_SPACES + 1 + 1 + 4;
const ROUND_STEPS = 7;
const GLOBAL_INPUTS = 2 * COLOURS + ROUND_STEPS + 3;

/** Start of each line's thermometer among the 15 fill inputs. */
const FILL_START = [0, 1, 3, 6, 10] as const;

/**
 * The network's view of a position, as floats: who is to move comes first, the other seats follow in turn order, and
 * factories are sorted (canonical.ts), so that rotated seats and renumbered factories look the same.
 *
 * | inputs            | each | what                                                                              |
 * | ----------------- | ---- | --------------------------------------------------------------------------------- |
 * | factories         | 20   | colour by colour a thermometer of its count: >= 1, 2, 3, 4                         |
 * | centre            | 36   | colour by colour a thermometer to >= 6 and the count / 10; the marker             |
 * | boards            | 78   | 25 wall cells; line colours (5 x 5) and fills (thermometers of 1 to 5); floor      |
 * |                   |      | (thermometer of 7), marker; score / 50; and if the round ended now: points gained |
 * |                   |      | / 10, floor cost / 14, end bonus / 20, whether a row would be complete            |
 * | bag, lid          | 5, 5 | counts / 20                                                                       |
 * | round             | 7    | thermometer: >= 1 to 7                                                            |
 * | rest              | 3    | a deal is due; tiles left to take / 20; score less the best other's / 20          |
 */
export class Encoder {
  /** Floats in an encoded position: 312, 430 or 548. */
  readonly inputs: number;
  private readonly rules: Rules;

  constructor(readonly players: number) {
    this.rules = Rules.for(players);
    this.inputs = this.rules.factories * FACTORY_INPUTS + CENTRE_INPUTS + players * BOARD_INPUTS + GLOBAL_INPUTS;
  }

  /** Writes the inputs of the canonical position at `at` of `states` to `out` from `to` on. */
  encode(states: Int32Array, at: number, out: Float32Array, to: number): void {
    out.fill(0, to, to + this.inputs);
    const { players, rules } = this;
    let tilesLeft = 0;
    for (let f = 0; f < rules.factories; f++) {
      const pile = states[at + rules.firstFactory + f]!;
      for (let colour = 0; colour < COLOURS; colour++) {
        const count = countOf(pile, colour);
        for (let i = 0; i < count; i++) out[to + i] = 1;
        tilesLeft += count;
        to += FACTORY_TILES;
      }
    }
    const centre = states[at + CENTRE]!;
    for (let colour = 0; colour < COLOURS; colour++) {
      const count = countOf(centre, colour);
      for (let i = 0; i < count && i < CENTRE_STEPS; i++) out[to + i] = 1;
      out[to + CENTRE_STEPS] = count / 10;
      tilesLeft += count;
      to += CENTRE_STEPS + 1;
    }
    if (centre & MARKER) out[to] = 1;
    to++;
    const mover = states[at + TURN]!;
    let bestOther = 0;
    for (let seat = 0; seat < players; seat++) {
      const player = mover + seat < players ? mover + seat : mover + seat - players;
      const board = at + BOARDS + BOARD_SIZE * player;
      if (seat > 0) bestOther = Math.max(bestOther, states[board + SCORE]!);
      this.encodeBoard(states, board, out, to);
      to += BOARD_INPUTS;
    }
    for (let colour = 0; colour < COLOURS; colour++) {
      out[to + colour] = countOf(states[at + BAG]!, colour) / 20;
      out[to + COLOURS + colour] = countOf(states[at + LID]!, colour) / 20;
    }
    to += 2 * COLOURS;
    const round = states[at + ROUND]!;
    for (let i = 0; i < round && i < ROUND_STEPS; i++) out[to + i] = 1;
    to += ROUND_STEPS;
    if (states[at + PHASE] !== PLAYING) out[to] = 1;
    out[to + 1] = tilesLeft / 20;
    out[to + 2] = (states[at + BOARDS + BOARD_SIZE * mover + SCORE]! - bestOther) / 20;
  }

  private encodeBoard(states: Int32Array, board: number, out: Float32Array, to: number): void {
    const lines = states[board + LINES]!;
    const floor = states[board + FLOOR]!;
    let wall = states[board + WALL]!;
    for (let bits = wall; bits !== 0; bits &= bits - 1) out[to + 31 - Math.clz32(bits & -bits)] = 1;
    to += 25;
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
    const spaces = Math.min(FLOOR_SPACES, sizeOf(floor) + (floor >> 25));
    for (let i = 0; i < spaces; i++) out[to + i] = 1;
    to += FLOOR_SPACES;
    if (floor & MARKER) out[to] = 1;
    out[to + 1] = states[board + SCORE]! / 50;
    out[to + 2] = gain / 10;
    out[to + 3] = this.rules.floorCost(floor) / 14;
    out[to + 4] = endBonus(wall) / 20;
    if (completeRows(wall) > 0) out[to + 5] = 1;
  }
}
