import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineColour, lineCount, withLine } from '../../src/game/state.js';
import { fullCells, tile, tiledWall, tilingPoints } from '../../src/game/tiling.js';
import { CELLS, cellOf, columnFor, placementScore, ROWS, rowColours } from '../../src/game/wall.js';

const walls = fc.integer({ min: 0, max: (1 << CELLS) - 1 });
const lines = fc
  .array(fc.tuple(fc.nat(4), fc.nat(5)), { minLength: ROWS, maxLength: ROWS })
  .map((parts) => parts.reduce((all, [colour, count], row) => withLine(all, row, colour, Math.min(count, row + 1)), 0));

test('full lines go to the wall row by row, and each scores on the wall at that moment', () => {
  fc.assert(
    fc.property(walls, lines, (before, lines) => {
      let [start, wall, points, cells] = [before, before, 0, 0];
      for (let row = 0; row < ROWS; row++) {
        const colour = lineColour(lines, row);
        if (lineCount(lines, row) !== row + 1) continue;
        if ((rowColours(before, row) >> colour) & 1) wall = start &= ~cellOf(row, colour);
      }
      for (let row = 0; row < ROWS; row++) {
        const colour = lineColour(lines, row);
        if (lineCount(lines, row) !== row + 1) continue;
        points += placementScore(wall, row, columnFor(row, colour));
        cells |= cellOf(row, colour);
        wall |= cellOf(row, colour);
      }
      expect(fullCells(lines)).toBe(cells);
      const tiling = tile(start, cells);
      expect([tiledWall(tiling), tilingPoints(tiling)]).toEqual([wall, points]);
    }),
  );
});

test('the maximum points of a tiling fit beside the wall', () => {
  const column = 0b00001_00001_00001_00001_00001;
  const tiling = tile(((1 << CELLS) - 1) & ~column, column);
  expect([tiledWall(tiling), tilingPoints(tiling)]).toEqual([(1 << CELLS) - 1, 5 + 7 + 8 + 9 + 10]);
});
