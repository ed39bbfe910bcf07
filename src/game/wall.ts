/**
 * The wall of one board as a bit set: bit 5r + c is set where a tile lies in row r, column c. Colour k belongs to
 * row r at column (k + r) mod 5.
 */
import { COLOURS } from './pile.js';

export const ROWS = 5;
export const CELLS = ROWS * COLOURS;
const COLUMN = 0b00001_00001_00001_00001_00001;
const ROW = 0b11111;

/** SET_SIZE[set]: the number of members of a set of up to five. */
export const SET_SIZE = Uint8Array.from({ length: 32 }, (_, set) => {
  let n = 0;
  for (let bits = set; bits !== 0; bits &= bits - 1) n++;
  return n;
});

/** The column of colour k in row r. */
export function columnFor(row: number, colour: number): number {
  return (colour + row) % COLOURS;
}

/** The bit of colour k in row r. */
export function cellOf(row: number, colour: number): number {
  return 1 << (ROWS * row + columnFor(row, colour));
}

/** The bits of a set of colours (bit k for colour k) in row r. */
export function cellsOf(row: number, colours: number): number {
  return (((colours << row) | (colours >> (COLOURS - row))) & ROW) << (ROWS * row);
}

/** The colour whose place is row r, column c. */
export function colourAt(row: number, column: number): number {
  return (column - row + COLOURS) % COLOURS;
}

const COLOUR_CELLS = Int32Array.from({ length: COLOURS }, (_, colour) => {
  let cells = 0;
  for (let row = 0; row < ROWS; row++) cells |= cellOf(row, colour);
  return cells;
});

/** The cells of each bonus at the end of the game: five rows, five columns, five colours. */
export const BONUS_CELLS = Int32Array.from([
  ...Array.from({ length: ROWS }, (_, row) => 0b11111 << (ROWS * row)),
  ...Array.from({ length: COLOURS }, (_, column) => COLUMN << column),
  ...COLOUR_CELLS,
]);

/** RUN[32 * i + set]: length of the unbroken run through place i of a set of five places, where place i counts as filled. */
const RUN = Uint8Array.from({ length: 5 * 32 }, (_, key) => {
  const place = key >> 5;
  let from = place;
  let to = place;
  while (from > 0 && (key >> (from - 1)) & 1) from--;
  while (to < 4 && (key >> (to + 1)) & 1) to++;
  return to - from + 1;
});

/** ROW_COLOURS[32 * r + set]: the colours (bit k for colour k) of a set of columns in row r. */
const ROW_COLOURS = Uint8Array.from({ length: ROWS * 32 }, (_, key) => {
  let colours = 0;
  for (let column = 0; column < 5; column++) if ((key >> column) & 1) colours |= 1 << colourAt(key >> 5, column);
  return colours;
});

/** The colours that row r of the wall holds, bit k for colour k. */
export function rowColours(wall: number, row: number): number {
  return ROW_COLOURS[(row << 5) | rowOf(wall, row)]!;
}

/** SCORE[8 * across + down]: the points of a tile in runs of these lengths; 0 for runs of 0. */
const SCORE = Uint8Array.from({ length: 6 * 8 }, (_, key) => {
  const [across, down] = [key >> 3, key & 7];
  if (across === 1) return down;
  return down === 1 ? across : across + down;
});

/** The filled places of a row, bit c for column c. */
function rowOf(wall: number, row: number): number {
  return (wall >> (ROWS * row)) & ROW;
}

/** The filled places of a column, bit r for row r. */
function columnOf(wall: number, column: number): number {
  const cells = (wall >> column) & COLUMN;
  return (cells | (cells >> 4) | (cells >> 8) | (cells >> 12) | (cells >> 16)) & ROW;
}

/** Points of a tile that goes to (row, column): the lengths of its runs along the row and the column, 1 if it is alone. */
export function placementScore(wall: number, row: number, column: number): number {
  const across = RUN[(column << 5) | rowOf(wall, row)]!;
  return SCORE[(across << 3) | RUN[(row << 5) | columnOf(wall, column)]!]!;
}

/** RUNS[set]: the runs through the five places of a set as in RUN, 3 bits each, but 0 for filled places. */
const RUNS = Int32Array.from({ length: 32 }, (_, set) => {
  let runs = 0;
  for (let place = 0; place < 5; place++)
    if (((set >> place) & 1) === 0) runs |= RUN[(place << 5) | set]! << (3 * place);
  return runs;
});

/** Writes `worth[score]` for the placement score of each cell, row by row. A filled cell has the score 0. */
export function writeScores(wall: number, worth: Float32Array, out: Float32Array, to: number): void {
  let down0 = RUNS[columnOf(wall, 0)]!;
  let down1 = RUNS[columnOf(wall, 1)]!;
  let down2 = RUNS[columnOf(wall, 2)]!;
  let down3 = RUNS[columnOf(wall, 3)]!;
  let down4 = RUNS[columnOf(wall, 4)]!;
  for (let row = 0; row < ROWS; row++, to += COLOURS) {
    const across = RUNS[rowOf(wall, row)]!;
    out[to] = worth[SCORE[((across << 3) & 56) | (down0 & 7)]!]!;
    out[to + 1] = worth[SCORE[(across & 56) | (down1 & 7)]!]!;
    out[to + 2] = worth[SCORE[((across >> 3) & 56) | (down2 & 7)]!]!;
    out[to + 3] = worth[SCORE[((across >> 6) & 56) | (down3 & 7)]!]!;
    out[to + 4] = worth[SCORE[((across >> 9) & 56) | (down4 & 7)]!]!;
    down0 >>= 3;
    down1 >>= 3;
    down2 >>= 3;
    down3 >>= 3;
    down4 >>= 3;
  }
}

/** Number of complete rows. */
export function completeRows(wall: number): number {
  return SET_SIZE[columnOf(wall & (wall >> 1) & (wall >> 2) & (wall >> 3) & (wall >> 4), 0)]!;
}

/** Number of complete columns. */
export function completeColumns(wall: number): number {
  return SET_SIZE[wall & (wall >> 5) & (wall >> 10) & (wall >> 15) & (wall >> 20)]!;
}

/** Number of colours with all five tiles on the wall. */
export function completeColours(wall: number): number {
  let colours = rowColours(wall, 0);
  for (let row = 1; row < ROWS; row++) colours &= rowColours(wall, row);
  return SET_SIZE[colours]!;
}

/** Points at the end of the game: 2 a row, 7 a column, 10 a colour. */
export function endBonus(wall: number): number {
  return 2 * completeRows(wall) + 7 * completeColumns(wall) + 10 * completeColours(wall);
}
