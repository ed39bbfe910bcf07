/**
 * Tiling: full pattern lines go to the wall, row by row, and each tile scores when it arrives. The result is one number, so
 * nothing is allocated: bits 0 to 24 are the wall, the bits from 25 on the points (at most 50).
 */
import { lineColour, lineCount } from './state.js';
import { CELLS, cellOf, placementScore, ROWS } from './wall.js';

/** FULL_CELL[64 * row + line]: the cell of a full line (6 bits, state.ts) on the wall; 0 if the line is not full. */
const FULL_CELL = Int32Array.from({ length: ROWS * 64 }, (_, key) => {
  const row = key >> 6;
  return lineCount(key & 63, 0) === row + 1 ? cellOf(row, lineColour(key & 63, 0)) : 0;
});

/** The cells of the wall that the full lines go to. */
export function fullCells(lines: number): number {
  return (
    FULL_CELL[lines & 63]! |
    FULL_CELL[64 | ((lines >> 6) & 63)]! |
    FULL_CELL[128 | ((lines >> 12) & 63)]! |
    FULL_CELL[192 | ((lines >> 18) & 63)]! |
    FULL_CELL[256 | (lines >> 24)]!
  );
}

/** Tiles empty cells of a wall, at most one per row, and returns the wall and the points in one number. */
export function tile(wall: number, cells: number): number {
  let points = 0;
  for (let rest = cells; rest !== 0; rest &= rest - 1) {
    const cell = 31 - Math.clz32(rest & -rest);
    const row = (cell / ROWS) | 0;
    points += placementScore(wall, row, cell - ROWS * row);
    wall |= 1 << cell;
  }
  return (points << CELLS) | wall;
}

/** The wall after a tiling. */
export function tiledWall(tiling: number): number {
  return tiling & ((1 << CELLS) - 1);
}

/** The points of a tiling. */
export function tilingPoints(tiling: number): number {
  return tiling >> CELLS;
}
