/**
 * Tiling: full pattern lines go to the wall, row by row, and each tile is scored as it arrives. The result is one
 * number, so that nothing is allocated: the wall has bits 0 to 24, the points (at most 50) the bits from 25 on.
 */
import { lineColour, lineCount } from './state.js';
import { CELLS, cellOf, placementScore, ROWS } from './wall.js';

/** FULL_CELL[64 * row + line]: the cell that a line, 6 bits as in state.ts, goes to if it is full; 0 if it is not. */
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

/** The tiling of empty cells, at most one of each row. */
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

/** The points that a tiling brings. */
export function tilingPoints(tiling: number): number {
  return tiling >> CELLS;
}
