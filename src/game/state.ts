/**
 * A position is a run of 32-bit integers in an Int32Array: 19 for two players, 25 for three, 31 for four. So a search keeps
 * thousands of positions in one array and copies one with `copyWithin`. Functions take the array and the index `at` where
 * the position starts.
 *
 *     TURN ROUND PHASE CENTRE BAG LID | LINES WALL FLOOR SCORE of each player | one pile for each factory
 */
export const TURN = 0;
export const ROUND = 1;
export const PHASE = 2;
/** A pile (pile.ts). The marker lies in it until a player takes it. */
export const CENTRE = 3;
export const BAG = 4;
export const LID = 5;
/** Index of the first board. */
export const BOARDS = 6;
export const BOARD_SIZE = 4;

/** Within a board: five pattern lines of 6 bits each, line r at bit 6r: the count in the low 3 bits, then the colour. */
export const LINES = 0;
/** Within a board: the bit set of wall.ts. */
export const WALL = 1;
/** Within a board: a pile of at most seven tiles, and the marker if the player holds it. */
export const FLOOR = 2;
export const SCORE = 3;

/** Values of PHASE: a deal is due, tiles can be taken, the game is over. */
export const DEAL_DUE = 0;
export const PLAYING = 1;
export const OVER = 2;

export const MIN_PLAYERS = 2;
export const MAX_PLAYERS = 4;

/** Index of a player's board in the position at `at`. */
export function boardAt(at: number, player: number): number {
  return at + BOARDS + BOARD_SIZE * player;
}

/** Number of tiles in line r, 0 to r + 1. */
export function lineCount(lines: number, row: number): number {
  return (lines >> (6 * row)) & 7;
}

/** Colour of line r; meaningless if its count is 0. */
export function lineColour(lines: number, row: number): number {
  return (lines >> (6 * row + 3)) & 7;
}

/** The lines with line r replaced. */
export function withLine(lines: number, row: number, colour: number, count: number): number {
  const emptied = lines & ~(63 << (6 * row));
  return count === 0 ? emptied : emptied | (((colour << 3) | count) << (6 * row));
}
