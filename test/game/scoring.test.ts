/** The end of a round, worked by hand: player 1 takes the last tile, and player 0's board is checked. */
import { describe, expect, test } from 'vitest';
import { FLOOR_SPACES, floorCost } from '../../src/game/floorLine.js';
import { applyToken, printPosition } from '../../src/game/notation.js';
import { type BoardSketch, positionOf } from './positions.js';
import { readTable, type Table, writeTable } from './reference.js';

function roundEndedWith(board: BoardSketch, opponent: BoardSketch = {}): Table {
  const markerHere = board.floor?.includes('1');
  const boards = [board, { floor: markerHere ? '-' : '1', ...opponent }];
  const position = positionOf({ centre: 'B', boards, turn: 1 });
  applyToken(position, 'cBf');
  return readTable(printPosition(position));
}

function boardText(table: Table, player = 0): string {
  return writeTable(table).split(' ')[2]!.split('|')[player]!;
}

describe('tiling', () => {
  test('moves one tile of a full line to the wall and the others to the lid', () => {
    const table = roundEndedWith({ lines: '-,-,-,-,W5' });
    expect(boardText(table)).toBe('1;-,-,-,-,-;...../...../...../...../...W.;-');
    expect(writeTable(table)).toMatch(/ 1,0,0,0,4$/);
  });

  test('keeps lines that are not full', () => {
    const table = roundEndedWith({ lines: '-,B1,R2,K3,W4' });
    expect(boardText(table)).toBe('0;-,B1,R2,K3,W4;...../...../...../...../.....;-');
  });

  test.each([
    ['six for three down one column: 1 + 2 + 3', 6, { lines: 'B1,W2,K3,-,-' }],
    ['fifteen for a whole column: 1 + 2 + 3 + 4 + 5', 15, { lines: 'B1,W2,K3,R4,Y5' }],
    ['five for a diagonal', 5, { lines: 'B1,B2,B3,B4,B5' }],
    [
      'five where the upper tile comes first: 1, then 2 across + 2 down (4 from below, 6 with both lying)',
      5,
      { lines: 'B1,W2,-,-,-', wall: '...../.B.../...../...../.....' },
    ],
    [
      'seven where a tile lay between them: 2 + 2, then 3 down',
      7,
      { lines: 'B1,-,K3,-,-', wall: '.Y.../W..../...../...../.....' },
    ],
    [
      'twelve: 1, 2 + 2, 2 + 3, and 2 for a line that touches none of them',
      12,
      { lines: 'B1,W2,K3,-,B5', wall: '...../.B.../.W.../...../...W.' },
    ],
  ])('scores from the top, each tile as it is placed: %s', (_, points, board) => {
    expect(roundEndedWith(board).boards[0]!.score).toBe(points);
  });

  test('adds to the score of earlier rounds', () => {
    expect(roundEndedWith({ score: 40, lines: 'B1,-,-,-,-' }).boards[0]!.score).toBe(41);
  });

  test('happens on every board', () => {
    const table = roundEndedWith({ lines: 'B1,-,-,-,-' }, { lines: 'R1,B2,-,-,-', score: 9 });
    // 1 + 1, less 1 for the marker and 1 for the blue tile that ended the round.
    expect(table.boards.map((board) => board.score)).toEqual([1, 9]);
    expect(boardText(table, 1)).toBe('9;-,-,-,-,-;..R../.B.../...../...../.....;-');
  });
});

describe('the floor line', () => {
  test.each([
    ['-', 20],
    ['Y', 19],
    ['YY', 18],
    ['YYR', 16],
    ['YYRR', 14],
    ['YYRRR', 12],
    ['BYYRRR', 9],
    ['BBYYRRR', 6],
    ['1', 19],
    ['1YY', 16],
    ['1BYYRR', 9],
    ['1BYYRRR', 6],
    ['1BBYYRRR', 6],
  ])('%s turns 20 points into %d', (floor, score) => {
    const table = roundEndedWith({ score: 20, floor });
    expect(table.boards[0]!.score).toBe(score);
    expect(table.boards[0]!.floor).toBe('');
  });

  test('costs by the number of its occupied spaces', () => {
    const { rules, state } = positionOf({ boards: [{}, {}] });
    expect(floorCost(state[rules.firstFactory]!)).toBe(0);
    expect(Array.from({ length: FLOOR_SPACES + 1 }, (_, n) => floorCost(n))).toEqual([0, 1, 2, 4, 6, 8, 11, 14]);
  });

  test('goes to the lid without the marker', () => {
    expect(writeTable(roundEndedWith({ floor: '1BYYRRR' }))).toMatch(/ 2,2,3,0,0$/);
  });

  test('never lowers a score below 0', () => {
    expect(roundEndedWith({ score: 3, floor: 'YYR' }).boards[0]!.score).toBe(0);
    expect(roundEndedWith({ score: 0, floor: 'BBYYRRR' }).boards[0]!.score).toBe(0);
  });

  test('is subtracted after the tiling, so that new points can be lost too', () => {
    const column = { score: 2, lines: 'B1,W2,-,-,-' };
    expect(roundEndedWith({ ...column, floor: 'YYR' }).boards[0]!.score).toBe(1);
    expect(roundEndedWith({ ...column, floor: 'BBYYRRR' }).boards[0]!.score).toBe(0);
  });
});
