import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellOf,
  colourAt,
  columnFor,
  completeColours,
  completeColumns,
  completeRows,
  endBonus,
  placementScore,
  rowColours,
  writeScores,
} from '../../src/game/wall.js';

const WALL = ['BYRKW', 'WBYRK', 'KWBYR', 'RKWBY', 'YRKWB'];
const LETTERS = 'BYRKW';

/** The bit set of a wall drawn as five rows, `.` for a gap. */
function drawn(...rows: string[]): number {
  let wall = 0;
  rows.forEach((cells, row) => {
    [...cells].forEach((cell, column) => {
      if (cell === '.') return;
      expect(cell, `row ${row}, column ${column}`).toBe(WALL[row]![column]);
      wall |= 1 << (5 * row + column);
    });
  });
  return wall;
}

test('each colour has one place in each row', () => {
  WALL.forEach((cells, row) => {
    [...cells].forEach((cell, column) => {
      const colour = LETTERS.indexOf(cell);
      expect(colourAt(row, column)).toBe(colour);
      expect(columnFor(row, colour)).toBe(column);
      expect(cellOf(row, colour)).toBe(1 << (5 * row + column));
    });
  });
});

test('the colours of a row are read from its cells', () => {
  const wall = drawn('B..K.', '.....', 'KWBYR', '....Y', 'Y....');
  const colours = [0, 1, 2, 3, 4].map((row) =>
    [...LETTERS].filter((_, k) => (rowColours(wall, row) >> k) & 1).join(''),
  );
  expect(colours).toEqual(['BK', '', 'BYRKW', 'Y', 'Y']);
});

describe('a tile scores', () => {
  // The tile goes to the place marked ?.
  test.each([
    ['1 alone', 1, ['.....', '.....', '..?..', '.....', '.....']],
    ['1 beside tiles that touch only its corners', 1, ['.....', '.B.R.', '..?..', '.K.B.', '.....']],
    ['1 beside tiles beyond a gap', 1, ['..R..', '.....', 'K.?.R', '.....', '..K..']],
    ['2 with one on its left', 2, ['.....', '.....', '.W?..', '.....', '.....']],
    ['2 with one on its right', 2, ['.....', '.....', '..?Y.', '.....', '.....']],
    ['2 with one above', 2, ['.....', '..Y..', '..?..', '.....', '.....']],
    ['2 with one below', 2, ['.....', '.....', '..?..', '..W..', '.....']],
    ['3 between two', 3, ['.....', '.....', '.W?Y.', '.....', '.....']],
    ['4: two across and two down, itself in both', 4, ['.....', '..Y..', '.W?..', '.....', '.....']],
    ['5 at the end of a complete row', 5, ['?YRKW', '.....', '.....', '.....', '.....']],
    ['5 at the end of a complete column', 5, ['....W', '....K', '....R', '....Y', '....?']],
    ['10 where a complete row and column meet', 10, ['..R..', '..Y..', 'KW?YR', '..W..', '..K..']],
    ['10 on a full wall', 10, ['BYRK?', 'WBYRK', 'KWBYR', 'RKWBY', 'YRKWB']],
    ['3 across, the row going on after a gap', 3, ['.....', 'WB?.K', '.....', '.....', '.....']],
    ['7: four across and three down', 7, ['.Y...', 'W?YR.', '.W...', '.....', '.R...']],
    [
      '1 at the end of a row, the next row starting beside it in the bit set',
      1,
      ['....?', 'W....', '.....', '.....', '.....'],
    ],
    [
      '1 at the start of a row, the row above ending beside it in the bit set',
      1,
      ['.....', '....K', '?....', '.....', '.....'],
    ],
  ])('%s', (_, points, rows) => {
    const row = rows.findIndex((cells) => cells.includes('?'));
    const column = rows[row]!.indexOf('?');
    expect(placementScore(drawn(...rows.map((cells) => cells.replace('?', '.'))), row, column)).toBe(points);
  });
});

describe('the end of the game pays', () => {
  test.each([
    ['nothing for an empty wall', 0, 0, 0, ['.....', '.....', '.....', '.....', '.....']],
    ['nothing for lines that lack a tile', 0, 0, 0, ['.YRKW', 'WB.RK', 'KWBY.', 'R.WBY', 'YRK.B']],
    ['2 for a row', 1, 0, 0, ['.....', 'WBYRK', '.....', '.....', '.....']],
    ['7 for a column', 0, 1, 0, ['B....', 'W....', 'K....', 'R....', 'Y....']],
    ['10 for a colour', 0, 0, 1, ['B....', '.B...', '..B..', '...B.', '....B']],
    ['10 for a colour that goes round the edge', 0, 0, 1, ['....W', 'W....', '.W...', '..W..', '...W.']],
    ['16 for a row and two columns', 1, 2, 0, ['B.R..', 'W.Y..', 'KWBYR', 'R.W..', 'Y.K..']],
    ['95 for everything', 5, 5, 5, WALL],
  ])('%s', (_, rows, columns, colours, cells) => {
    const wall = drawn(...cells);
    expect([completeRows(wall), completeColumns(wall), completeColours(wall)]).toEqual([rows, columns, colours]);
    expect(endBonus(wall)).toBe(2 * rows + 7 * columns + 10 * colours);
  });
});

test('the scores of all cells equal those of each cell, and are 0 where a tile lies', () => {
  const worth = Float32Array.from({ length: 11 }, (_, points) => points / 4);
  const out = new Float32Array(30).fill(-1);
  fc.assert(
    fc.property(fc.nat({ max: (1 << 25) - 1 }), (wall) => {
      writeScores(wall, worth, out, 3);
      for (let cell = 0; cell < 25; cell++) {
        const score = (wall >> cell) & 1 ? 0 : placementScore(wall, Math.floor(cell / 5), cell % 5);
        expect(out[3 + cell]).toBe(score / 4);
      }
      expect([out[2], out[28]]).toEqual([-1, -1]);
    }),
  );
});
