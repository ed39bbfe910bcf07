import { FLOOR_COST, FLOOR_SPACES, spacesTaken } from '../game/floorLine.js';
import { COLOURS, countOf, FACTORY_TILES, markersIn } from '../game/pile.js';
import { Rules } from '../game/rules.js';
import {
  BAG,
  boardAt,
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
import { fullCells, tile, tiledWall, tilingPoints } from '../game/tiling.js';
import { CELLS, completeRows, endBonus, ROWS, writeScores } from '../game/wall.js';
import { INPUT_LIMIT, thermometer, writeBits } from './inputs.js';
import { Playout, playoutInputs } from './playout.js';
import { Prospects, prospectInputs } from './prospects.js';

/** The name of the encoding. It changes when the meaning of an input or a head changes. Model files contain it. */
export const ENCODING = 'azul-5';

const FACTORY_INPUTS = COLOURS * FACTORY_TILES;
/** Steps of the thermometers of the centre's counts. */
export const CENTRE_STEPS = 6;
const CENTRE_INPUTS = COLOURS * (CENTRE_STEPS + 1) + 1;
const LINE_INPUTS = ROWS * COLOURS + 15;
const BOARD_INPUTS = CELLS + LINE_INPUTS + CELLS + FLOOR_SPACES + 1 + 1 + 4;
/** Inputs per colour. */
const SUPPLY_INPUTS = FACTORY_TILES + 1;
const ROUND_STEPS = 7;
const GLOBAL_INPUTS = COLOURS * SUPPLY_INPUTS + 2 * COLOURS + ROUND_STEPS + 4;

/** Index of the thermometer of a factory's tiles of a colour in the inputs, `FACTORY_TILES` long. */
export function factoryInput(factory: number, colour: number): number {
  return FACTORY_INPUTS * factory + FACTORY_TILES * colour;
}

/** Index of the thermometer of the centre's tiles of a colour in the inputs, `CENTRE_STEPS` long. */
export function centreInput(factories: number, colour: number): number {
  return FACTORY_INPUTS * factories + (CENTRE_STEPS + 1) * colour;
}

/** FIFTHS[n]: the input for n factories. */
const FIFTHS = Float32Array.from({ length: 10 }, (_, n) => Math.min(INPUT_LIMIT, n / 5));
/** CELL_INPUT[points]: the input for the points of a cell. */
const CELL_INPUT = Float32Array.from({ length: 11 }, (_, points) => Math.min(INPUT_LIMIT, points / 5));

/** Start of each line's thermometer among the 15 fill inputs. */
const FILL_START = [0, 1, 3, 6, 10] as const;

/**
 * Encodes a position as floats for the network. The mover comes first, and the other seats follow in turn order. Factories
 * are sorted (canonical.ts). So rotated seats and renumbered factories give the same inputs.
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
 * | playout           |      | how the round ends if all players are greedy (playout.ts)                          |
 *
 * All inputs are whole hundredths from 0 to INPUT_LIMIT, and higher values are cut there. So a byte holds them exactly.
 */
export class Encoder {
  /** Floats in an encoded position: 630, 857 or 1084. */
  readonly inputs: number;
  private readonly rules: Rules;
  private readonly prospects = new Prospects();
  /** `[colours, 5]`: the number of factories with 0 to 4 tiles of a colour. */
  private readonly factoriesWith = new Uint8Array(COLOURS * SUPPLY_INPUTS);
  private readonly playout: Playout;
  /** Index of the first input of the prospects. */
  private readonly firstProspect: number;

  constructor(readonly players: number) {
    this.rules = Rules.for(players);
    this.firstProspect = this.rules.factories * FACTORY_INPUTS + CENTRE_INPUTS + players * BOARD_INPUTS + GLOBAL_INPUTS;
    this.inputs = this.firstProspect + prospectInputs(players) + playoutInputs(players);
    this.playout = new Playout(this.rules);
  }

  /** Writes the inputs of the canonical position at `at` of `states` to `out` from `to` on. */
  encode(states: Int32Array, at: number, out: Float32Array, to: number): void {
    const { players, rules, prospects, factoriesWith } = this;
    out.fill(0, to, to + this.inputs);
    const firstProspect = to + this.firstProspect;
    prospects.clear();
    factoriesWith.fill(0);
    for (let f = 0; f < rules.factories; f++) {
      const pile = states[at + rules.firstFactory + f]!;
      for (let colour = 0, rest = pile; rest !== 0; colour++, rest >>= 5) {
        const count = rest & 31;
        if (count === 0) continue;
        writeBits(out, to + FACTORY_TILES * colour, thermometer(count));
        factoriesWith[SUPPLY_INPUTS * colour + count]!++;
        prospects.addGroup(colour, count);
      }
      to += FACTORY_INPUTS;
    }
    const centre = states[at + CENTRE]!;
    for (let colour = 0; colour < COLOURS; colour++) {
      const count = countOf(centre, colour);
      writeBits(out, to, thermometer(Math.min(count, CENTRE_STEPS)));
      out[to + CENTRE_STEPS] = count / 20;
      if (count > 0) prospects.addCentre(colour, count);
      to += CENTRE_STEPS + 1;
    }
    out[to++] = markersIn(centre);
    prospects.groupsAreComplete();
    const mover = states[at + TURN]!;
    let bestOther = 0;
    for (let seat = 0; seat < players; seat++) {
      const player = mover + seat < players ? mover + seat : mover + seat - players;
      const board = boardAt(at, player);
      if (seat > 0) bestOther = Math.max(bestOther, states[board + SCORE]!);
      this.encodeBoard(states, board, out, to, seat, firstProspect);
      to += BOARD_INPUTS;
    }
    let tilesLeft = 0;
    for (let colour = 0; colour < COLOURS; colour++) {
      for (let count = 1; count <= FACTORY_TILES; count++)
        out[to++] = FIFTHS[factoriesWith[SUPPLY_INPUTS * colour + count]!]!;
      const tiles = prospects.available[colour]!;
      out[to++] = tiles / 20;
      tilesLeft += tiles;
    }
    for (let colour = 0; colour < COLOURS; colour++) {
      out[to + colour] = countOf(states[at + BAG]!, colour) / 20;
      out[to + COLOURS + colour] = countOf(states[at + LID]!, colour) / 20;
    }
    to += 2 * COLOURS;
    writeBits(out, to, thermometer(Math.min(states[at + ROUND]!, ROUND_STEPS)));
    to += ROUND_STEPS;
    out[to] = states[at + PHASE] === PLAYING ? 0 : 1;
    out[to + 1] = tilesLeft / 50;
    const ahead = states[boardAt(at, mover) + SCORE]! - bestOther;
    out[to + 2] = Math.min(INPUT_LIMIT, Math.max(0, ahead) / 50);
    out[to + 3] = Math.min(INPUT_LIMIT, Math.max(0, -ahead) / 50);
    prospects.encodeRest(players, out, firstProspect);
    this.playout.encode(states, at, out, firstProspect + prospectInputs(players));
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
    writeBits(out, to, states[board + WALL]!);
    to += CELLS;
    const tiling = tile(states[board + WALL]!, fullCells(lines));
    const wall = tiledWall(tiling);
    const gain = tilingPoints(tiling);
    let colours = 0;
    let fills = 0;
    for (let row = 0; row < ROWS; row++) {
      const count = lineCount(lines, row);
      if (count === 0) continue;
      colours |= 1 << (COLOURS * row + lineColour(lines, row));
      fills |= thermometer(count) << FILL_START[row]!;
    }
    writeBits(out, to, colours);
    writeBits(out, to + ROWS * COLOURS, fills);
    to += LINE_INPUTS;
    writeScores(wall, CELL_INPUT, out, to);
    to += CELLS;
    const spaces = spacesTaken(floor);
    writeBits(out, to, thermometer(spaces));
    to += FLOOR_SPACES;
    out[to] = markersIn(floor);
    out[to + 1] = Math.min(INPUT_LIMIT, states[board + SCORE]! / 100);
    const cost = FLOOR_COST[spaces]!;
    const bonus = endBonus(wall);
    out[to + 2] = Math.min(INPUT_LIMIT, gain / 20);
    out[to + 3] = cost / 20;
    out[to + 4] = Math.min(INPUT_LIMIT, bonus / 50);
    out[to + 5] = completeRows(wall) > 0 ? 1 : 0;
    const score = Math.max(0, states[board + SCORE]! + gain - cost) + bonus;
    this.prospects.encodeBoard(seat, lines, wall, spaces, score, out, firstProspect);
  }
}
