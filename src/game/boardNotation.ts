/** The text form of a player's board. */
import { FLOOR_SPACES } from './floorLine.js';
import { sizeOf } from './pile.js';
import { FLOOR, LINES, lineColour, lineCount, SCORE, WALL, withLine } from './state.js';
import { COLOUR_LETTERS, fail, parseInteger, parsePile, printPile, quote } from './tileNotation.js';
import { cellOf, colourAt, ROWS, rowColours } from './wall.js';

/** The text of the board at an index of the state: `score;lines;wall;floor`. */
export function printBoard(state: Int32Array, board: number): string {
  const lines = state[board + LINES]!;
  const wall = state[board + WALL]!;
  const lineTexts: string[] = [];
  const rowTexts: string[] = [];
  for (let row = 0; row < ROWS; row++) {
    const count = lineCount(lines, row);
    lineTexts.push(count === 0 ? '-' : `${COLOUR_LETTERS[lineColour(lines, row)]}${count}`);
    let cells = '';
    for (let column = 0; column < 5; column++) {
      cells += (wall >> (ROWS * row + column)) & 1 ? COLOUR_LETTERS[colourAt(row, column)] : '.';
    }
    rowTexts.push(cells);
  }
  return [state[board + SCORE], lineTexts.join(','), rowTexts.join('/'), printPile(state[board + FLOOR]!)].join(';');
}

/** Reads a board into the state. A NotationError names the place. */
export function parseBoard(text: string, where: string, state: Int32Array, board: number): void {
  const parts = text.split(';');
  if (parts.length !== 4) fail(where, `has ${parts.length} parts, not 4 (score;lines;wall;floor)`);
  const [scoreText, linesText, wallText, floorText] = parts as [string, string, string, string];
  state[board + SCORE] = parseInteger(scoreText, `${where}, score`, 999);
  const wall = parseWall(wallText, `${where}, wall`);
  state[board + WALL] = wall;
  const lines = linesText.split(',');
  if (lines.length !== ROWS) fail(`${where}, lines`, `are ${lines.length}, not ${ROWS}`);
  lines.forEach((line, row) => {
    if (line === '-') return;
    const at = `${where}, line ${row + 1}`;
    const colour = COLOUR_LETTERS.indexOf(line.charAt(0));
    const count = '012345'.indexOf(line.charAt(1));
    if (line.length !== 2 || colour < 0 || count < 1)
      fail(at, `is ${quote(line)}, not a colour and a count (like R3) or -`);
    if (count > row + 1) fail(at, `holds ${count} tiles, more than ${row + 1}`);
    if ((rowColours(wall, row) >> colour) & 1) fail(at, `holds ${line.charAt(0)}, which its wall row already has`);
    state[board + LINES] = withLine(state[board + LINES]!, row, colour, count);
  });
  const floor = parsePile(floorText, `${where}, floor`, true);
  if (sizeOf(floor) > FLOOR_SPACES) fail(`${where}, floor`, `holds ${sizeOf(floor)} tiles, more than ${FLOOR_SPACES}`);
  state[board + FLOOR] = floor;
}

function parseWall(text: string, where: string): number {
  const rows = text.split('/');
  if (rows.length !== ROWS) fail(where, `has ${rows.length} rows, not ${ROWS}`);
  let wall = 0;
  rows.forEach((cells, row) => {
    if (cells.length !== 5) fail(`${where} row ${row + 1}`, `is ${quote(cells)}, not five characters`);
    for (let column = 0; column < 5; column++) {
      if (cells[column] === '.') continue;
      const colour = colourAt(row, column);
      if (cells[column] !== COLOUR_LETTERS[colour]) {
        fail(
          `${where} row ${row + 1}`,
          `has ${quote(cells[column]!)} in column ${column + 1}, where only ${COLOUR_LETTERS[colour]} or . can be`,
        );
      }
      wall |= cellOf(row, colour);
    }
  });
  return wall;
}
