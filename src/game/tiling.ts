/**
 * Tiling: full pattern lines go to the wall, row by row, and each tile is scored as it arrives. The result is one
 * number, so that nothing is allocated: the wall has bits 0 to 24, the points (at most 50) the bits from 25 on.
 */
import { lineColour, lineCount } from './state.js';
import { CELLS, cellOf, placementScore, ROWS } from './wall.js';

/** The cells of the wall that the full lines go to. */
export function fullCells(lines: number): number {
  let cells = 0;
  for (let row = 0; row < ROWS; row++) {
    if (lineCount(lines, row) === row + 1) cells |= cellOf(row, lineColour(lines, row));
  }
  return cells;
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
