/**
 * The wall of one board as a bit set: bit 5r + c is set where a tile lies in row r, column c. Colour k belongs to
 * row r at column (k + r) mod 5.
 */
import { COLOURS } from './pile.js';

export const ROWS = 5;
export const CELLS = ROWS * COLOURS;
const COLUMN = 0b00001_00001_00001_00001_00001;
const ROW = 0b11111;

/** The bit of colour k in row r. */
export function cellOf(row: number, colour: number): number {
  return 1 << (ROWS * row + ((colour + row) % COLOURS));
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

/** The cells that a bonus at the end of the game is for: those of each row, of each column, of each colour. */
export const BONUS_CELLS = Int32Array.from([
  ...Array.from({ length: ROWS }, (_, row) => 0b11111 << (ROWS * row)),
  ...Array.from({ length: COLOURS }, (_, column) => COLUMN << column),
  ...COLOUR_CELLS,
]);

/** RUN[32 * i + set]: length of the unbroken run through place i of a 5-place set, place i counted as filled. */
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
  return ROW_COLOURS[(row << 5) | ((wall >> (ROWS * row)) & ROW)]!;
}

/** Points for the tile that now goes to (row, column): its runs along the row and the column, 1 if it stands alone. */
export function placementScore(wall: number, row: number, column: number): number {
  const across = RUN[(column << 5) | ((wall >> (ROWS * row)) & ROW)]!;
  const cells = (wall >> column) & COLUMN;
  const down = RUN[(row << 5) | ((cells | (cells >> 4) | (cells >> 8) | (cells >> 12) | (cells >> 16)) & ROW)]!;
  if (across === 1) return down;
  return down === 1 ? across : across + down;
}

/** Number of complete rows. */
export function completeRows(wall: number): number {
  let rows = 0;
  for (let row = 0; row < ROWS; row++) if (((wall >> (ROWS * row)) & ROW) === ROW) rows++;
  return rows;
}

/** Number of complete columns. */
export function completeColumns(wall: number): number {
  let columns = 0;
  for (let column = 0; column < 5; column++) if (((wall >> column) & COLUMN) === COLUMN) columns++;
  return columns;
}

/** Number of colours with all five tiles on the wall. */
export function completeColours(wall: number): number {
  let colours = 0;
  for (let colour = 0; colour < COLOURS; colour++) {
    if ((wall & COLOUR_CELLS[colour]!) === COLOUR_CELLS[colour]) colours++;
  }
  return colours;
}

/** Points at the end of the game: 2 a row, 7 a column, 10 a colour. */
export function endBonus(wall: number): number {
  return 2 * completeRows(wall) + 7 * completeColumns(wall) + 10 * completeColours(wall);
}
