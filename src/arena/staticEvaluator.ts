/**
 * The value of a position without search, in hundredths of a point. The value of a board is its score after tiling complete
 * lines and paying the floor line, plus the promise of its wall for later rounds, plus its unfinished lines, plus the right
 * to start the next round.
 */
import { floorCost } from '../game/floorLine.js';
import { COLOURS, countOf, hasMarker, tilesOf } from '../game/pile.js';
import type { Rules } from '../game/rules.js';
import {
  boardAt,
  CENTRE,
  FLOOR,
  LINES,
  lineColour,
  lineCount,
  MAX_PLAYERS,
  OVER,
  PHASE,
  PLAYING,
  SCORE,
  TURN,
  WALL,
} from '../game/state.js';
import { fullCells, tile, tiledWall, tilingPoints } from '../game/tiling.js';
import { cellOf, columnFor, endBonus, placementScore, ROWS, SET_SIZE } from '../game/wall.js';

/** The points that a board, given by its index, gains if the round ends now: complete lines minus the floor line. */
export function roundGain(state: Int32Array, board: number): number {
  const tiling = tile(state[board + WALL]!, fullCells(state[board + LINES]!));
  return tilingPoints(tiling) - floorCost(state[board + FLOOR]!);
}

/** Tiles of one colour on the table are counted up to this. */
const MAX_ON_TABLE = 12;

/**
 * Weights of the static evaluator. A weight by the rounds left has five values, the first for one round. The values below were
 * fitted by least squares to the final margins of 8,000 games of alpha-beta against itself with 3 % random moves (32,000
 * positions that wait for a deal). `finish` was fitted to the frequency at which such lines were finished. A weight below 0
 * means that the feature costs more than it brings.
 */
export interface Weights {
  /** Probability, for each row, that a wanted cell is filled in one round. */
  readonly reach: readonly number[];
  /** Fraction of an expected column, colour or row bonus that counts, for each number of rounds left. */
  readonly column: readonly number[];
  readonly colour: readonly number[];
  readonly row: readonly number[];
  /** Tiles placed per round left, for each row. */
  readonly pace: readonly number[];
  /** Fraction of a future tile's points that counts, for each number of rounds left. */
  readonly placement: readonly number[];
  /** The fraction of its worth that an unfinished line keeps for the next round, at 5 * row + tiles in it. */
  readonly carry: readonly number[];
  /** The probability of finishing a line this round, at 13 * (tiles missing - 1) + tiles of its colour on the table, up to 12. */
  readonly finish: readonly number[];
  /** Hundredths of a point for the right to start the next round, for each number of rounds left. */
  readonly tempo: readonly number[];
  /** Hundredths of a point for winning the game. */
  readonly win: number;
}

export const WEIGHTS: Weights = {
  reach: [0.97, 0.4, 0.25, 0.15, 0.11],
  column: [1.18, 1.4, 2.01, 2.86, 2.86],
  colour: [1.25, 1.65, 1.92, 1.06, 1.06],
  row: [-2.26, -1.73, 1.77, 4.95, 4.95],
  pace: [1.02, 1, 0.51, 0.18, -0.38],
  placement: [0.6, 0.53, 0.57, 0.57, 0.57],
  // biome-ignore format: a row of the table for each line
  carry: [
    0, 0, 0, 0, 0,
    0, -0.38, 0, 0, 0,
    0, -0.13, 0, 0, 0,
    0, -0.07, 0.15, 0.28, 0,
    0, 0, 0.18, 0.38, 0.48,
  ],
  // biome-ignore format: a row of the table for each number of missing tiles
  finish: [
    0, 0.48, 0.6, 0.62, 0.62, 0.65, 0.66, 0.66, 0.68, 0.68, 0.68, 0.68, 0.68,
    0, 0, 0.32, 0.42, 0.49, 0.52, 0.59, 0.6, 0.65, 0.65, 0.65, 0.65, 0.65,
    0, 0, 0, 0.24, 0.25, 0.35, 0.36, 0.46, 0.52, 0.52, 0.52, 0.52, 0.52,
    0, 0, 0, 0, 0.15, 0.17, 0.18, 0.33, 0.33, 0.33, 0.33, 0.33, 0.33,
  ],
  tempo: [267, 148, 106, 159, 159],
  win: 1500,
};

/** Bits of a slot in the table of promises. */
const MEMORY_BITS = 13;

/** The static evaluator, for any number of players. */
export class StaticEvaluator {
  private readonly promiseKeys = new Int32Array(1 << MEMORY_BITS).fill(-1);
  private readonly promises = new Float64Array(1 << MEMORY_BITS);
  private readonly walls = new Int32Array(MAX_PLAYERS);
  private readonly values = new Float64Array(MAX_PLAYERS);
  /** Tiles of each colour on the table. */
  private readonly onTable = new Int32Array(COLOURS);

  constructor(private readonly weights: Weights = WEIGHTS) {}

  /** A player's value minus the mean of the others', in whole hundredths of a point. At the end, winning counts extra. */
  margin(rules: Rules, state: Int32Array, at: number, player: number): number {
    const over = state[at + PHASE] === OVER;
    if (over) this.settle(rules, state, at);
    else this.estimate(rules, state, at);
    const own = this.values[player]!;
    let sum = 0;
    let best = 0;
    for (let p = 0; p < rules.players; p++) {
      if (p === player) continue;
      sum += this.values[p]!;
      if (this.values[p]! > best) best = this.values[p]!;
    }
    const margin = Math.round(own - sum / (rules.players - 1));
    return over ? margin + this.weights.win * Math.sign(own - best) : margin;
  }

  /** Values of a finished game: points, and an eighth of a point for each row, which decides between equals. */
  private settle(rules: Rules, state: Int32Array, at: number): void {
    for (let p = 0; p < rules.players; p++) this.values[p] = (100 / 8) * rules.standing(state, at, p);
  }

  private estimate(rules: Rules, state: Int32Array, at: number): void {
    const playing = state[at + PHASE] === PLAYING;
    if (playing) this.countTable(rules, state, at);
    let longest = 0;
    for (let p = 0; p < rules.players; p++) {
      const board = boardAt(at, p);
      const tiling = tile(state[board + WALL]!, fullCells(state[board + LINES]!));
      const wall = tiledWall(tiling);
      const points = state[board + SCORE]! + tilingPoints(tiling);
      for (let row = 0; row < ROWS; row++) {
        const filled = SET_SIZE[(wall >> (ROWS * row)) & 31]!;
        if (filled > longest) longest = filled;
      }
      this.walls[p] = wall;
      this.values[p] = 100 * Math.max(0, points - floorCost(state[board + FLOOR]!));
    }
    const roundsLeft = ROWS - longest;
    for (let p = 0; p < rules.players; p++) {
      const board = boardAt(at, p);
      const wall = this.walls[p]!;
      const promise = this.promise(wall, roundsLeft);
      let value = promise;
      const lines = state[board + LINES]!;
      for (let row = 1; row < ROWS; row++) {
        const count = lineCount(lines, row);
        if (count === 0 || count > row) continue;
        const colour = lineColour(lines, row);
        let chance = roundsLeft === 0 ? 0 : this.weights.carry[5 * row + count]!;
        if (playing) {
          const finish = this.weights.finish[13 * (row - count) + this.onTable[colour]!]!;
          chance = finish + (1 - finish) * chance;
        }
        if (chance === 0) continue;
        const points = 100 * placementScore(wall, row, columnFor(row, colour));
        value += chance * (points + this.promise(wall | cellOf(row, colour), roundsLeft) - promise);
      }
      const starts = playing ? hasMarker(state[board + FLOOR]!) : state[at + TURN] === p;
      if (starts && roundsLeft > 0) value += this.weights.tempo[roundsLeft - 1]!;
      this.values[p]! += value;
    }
  }

  private countTable(rules: Rules, state: Int32Array, at: number): void {
    let table = tilesOf(state[at + CENTRE]!);
    const first = at + rules.firstFactory;
    for (let i = first; i < first + rules.factories; i++) table += state[i]!;
    for (let colour = 0; colour < COLOURS; colour++) {
      this.onTable[colour] = Math.min(MAX_ON_TABLE, countOf(table, colour));
    }
  }

  /** The promise of a wall with n rounds left: bonuses and points of later tiles. */
  private promise(wall: number, roundsLeft: number): number {
    const key = (wall << 3) | roundsLeft;
    const slot = Math.imul(key, 0x9e3779b1) >>> (32 - MEMORY_BITS);
    if (this.promiseKeys[slot] !== key) {
      this.promiseKeys[slot] = key;
      this.promises[slot] = promiseOf(wall, roundsLeft, this.weights);
    }
    return this.promises[slot]!;
  }
}

function promiseOf(wall: number, roundsLeft: number, weights: Weights): number {
  let promise = 100 * endBonus(wall);
  if (roundsLeft === 0) return promise;
  for (let i = 0; i < ROWS; i++) {
    let column = 1;
    let colour = 1;
    let row = 1;
    for (let j = 0; j < ROWS; j++) {
      const reach = 1 - (1 - weights.reach[j]!) ** roundsLeft;
      if (((wall >> (ROWS * j + i)) & 1) === 0) column *= reach;
      if ((wall & cellOf(j, i)) === 0) colour *= reach;
      if (((wall >> (ROWS * i + j)) & 1) === 0) row *= 1 - (1 - weights.reach[i]!) ** roundsLeft;
    }
    if (column < 1) promise += 700 * weights.column[roundsLeft - 1]! * column;
    if (colour < 1) promise += 1000 * weights.colour[roundsLeft - 1]! * colour;
    if (row < 1) promise += 200 * weights.row[roundsLeft - 1]! * row;
    promise +=
      100 * weights.placement[roundsLeft - 1]! * Math.min(roundsLeft * weights.pace[i]!, 5) * meanPlacement(wall, i);
  }
  return promise;
}

/** Mean points of a tile in a row's empty cells; 0 if none is empty. */
function meanPlacement(wall: number, row: number): number {
  let points = 0;
  let empty = 0;
  for (let column = 0; column < COLOURS; column++) {
    if ((wall >> (ROWS * row + column)) & 1) continue;
    points += placementScore(wall, row, column);
    empty++;
  }
  return empty === 0 ? 0 : points / empty;
}
