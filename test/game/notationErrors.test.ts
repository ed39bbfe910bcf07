/** The errors of the parsers for bad text: what is wrong, and where. */
import { describe, expect, test } from 'vitest';
import { applyToken, parsePosition, printPosition, startPosition } from '../../src/game/notation.js';
import { NotationError } from '../../src/game/tileNotation.js';
import { positionOf } from './positions.js';

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof NotationError) return error.message;
    throw error;
  }
  return 'no error';
}

const FACTORIES = 'BBYK/RRWW/BYKK/YYRW/BRKW';
const EMPTY_BOARD = '0;-,-,-,-,-;...../...../...../...../.....;-';
const TEXT = `${FACTORIES} 1 7;B1,-,R2,-,-;.Y.../...../...../...../.....;K|${EMPTY_BOARD} 0 2 15,15,14,15,16 0,0,0,0,0`;

describe('a bad position', () => {
  test('differs from a good one', () => {
    expect(printPosition(parsePosition(TEXT))).toBe(TEXT);
  });

  test.each([
    [
      '',
      '',
      'position "" has 1 field, not 7 (factories centre boards turn round bag lid, one space between them); start 2 is a new game for 2 players',
    ],
    [
      ' 0 2 ',
      ' 0  2 ',
      'position "BBYK/RRWW/BYKK/YYRW/BRKW 1 7;B1,-,R2,-,-…" has 8 fields, not 7 (factories centre boards turn round bag lid, one space between them); start 2 is a new game for 2 players',
    ],
    [
      ' 0,0,0,0,0',
      '',
      'position "BBYK/RRWW/BYKK/YYRW/BRKW 1 7;B1,-,R2,-,-…" has 6 fields, not 7 (factories centre boards turn round bag lid, one space between them); start 2 is a new game for 2 players',
    ],
    [FACTORIES, 'BBYK/RRWW/BYKK/YYRW', 'factories are 4, not 5, 7 or 9 (for 2, 3 or 4 players)'],
    [FACTORIES, 'BBYK/RRWW/BYKK', 'factories are 3, not 5, 7 or 9 (for 2, 3 or 4 players)'],
    [FACTORIES, `${FACTORIES}/-/-/-/-/-/-`, 'factories are 11, not 5, 7 or 9 (for 2, 3 or 4 players)'],
    [FACTORIES, `${FACTORIES}/-/-`, 'boards are 2, but 7 factories are for 3 players'],
    ['BYKK', 'BYKKK', 'factory 3 holds 5 tiles, more than 4'],
    ['BYKK', 'BYKX', 'factory 3 has "X" in "BYKX", not one of BYRKW'],
    ['BYKK', 'BKYK', 'factory 3 has the tiles "BKYK" out of colour order (BYRKW)'],
    ['BYKK', '', 'factory 3 is missing (- stands for empty)'],
    ['BYKK', '1BYK', 'factory 3 has "1" in "1BYK", not one of BYRKW'],
    ['BYKK', 'bykk', 'factory 3 has "b" in "bykk", not one of BYRKW'],
    [' 1 7;', ' 1WB 7;', 'centre has the tiles "1WB" out of colour order (BYRKW)'],
    [' 1 7;', ' B1 7;', 'centre has "1" in "B1", not one of BYRKW'],
    [' 1 7;', ' 11 7;', 'centre has "1" in "11", not one of BYRKW'],
    [' 1 7;', ` ${'B'.repeat(21)} 7;`, 'centre has more than 20 tiles of B'],
    ['7;B1', '7,B1', 'board 0 has 3 parts, not 4 (score;lines;wall;floor)'],
    ['7;B1', '-7;B1', 'board 0, score is "-7", not a whole number'],
    ['7;B1', '07;B1', 'board 0, score is "07", not a whole number'],
    ['7;B1', '1e2;B1', 'board 0, score is "1e2", not a whole number'],
    ['7;B1', ';B1', 'board 0, score is "", not a whole number'],
    ['7;B1', '1000;B1', 'board 0, score is 1000, more than 999'],
    ['R2,-,-', 'R2,-', 'board 0, lines are 4, not 5'],
    ['R2,-,-', 'R4,-,-', 'board 0, line 3 holds 4 tiles, more than 3'],
    ['R2,-,-', 'R0,-,-', 'board 0, line 3 is "R0", not a colour and a count (like R3) or -'],
    ['R2,-,-', 'R,-,-', 'board 0, line 3 is "R", not a colour and a count (like R3) or -'],
    ['R2,-,-', 'RR2,-,-', 'board 0, line 3 is "RR2", not a colour and a count (like R3) or -'],
    ['R2,-,-', ',-,-', 'board 0, line 3 is "", not a colour and a count (like R3) or -'],
    ['R2,-,-', 'X2,-,-', 'board 0, line 3 is "X2", not a colour and a count (like R3) or -'],
    ['B1', 'Y1', 'board 0, line 1 holds Y, which its wall row already has'],
    ['.Y.../...../', '.Y.../', 'board 0, wall has 4 rows, not 5'],
    ['.Y.../', '.Y../', 'board 0, wall row 1 is ".Y..", not five characters'],
    ['.Y.../', '.R.../', 'board 0, wall row 1 has "R" in column 2, where only Y or . can be'],
    ['.Y.../.....', '.Y.../....?', 'board 0, wall row 2 has "?" in column 5, where only K or . can be'],
    [';K|', ';BBBKKKKK|', 'board 0, floor holds 8 tiles, more than 7'],
    [';K|', ';KB|', 'board 0, floor has the tiles "KB" out of colour order (BYRKW)'],
    [';K|', ';|', 'board 0, floor is missing (- stands for empty)'],
    [`|${EMPTY_BOARD}`, '', 'boards are 1, but 5 factories are for 2 players'],
    [`|${EMPTY_BOARD}`, '|', 'board 1 has 1 parts, not 4 (score;lines;wall;floor)'],
    [' 0 2 ', ' 2 2 ', 'turn is 2, more than 1'],
    [' 0 2 ', ' x 2 ', 'turn is "x", not a whole number'],
    [' 0 2 ', ' 0 2.5 ', 'round is "2.5", not a whole number'],
    [' 0 2 ', ' 0 0 ', 'round is 0, but the factories have been dealt'],
    ['15,15,14,15,16', '15,15,14,15', 'bag has 4 counts, not 5'],
    ['15,15,14,15,16', '15,15,21,15,16', 'bag, R is 21, more than 20'],
    ['15,15,14,15,16', '15,15,,15,16', 'bag, R is "", not a whole number'],
    ['0,0,0,0,0', '0,0,0,0,-1', 'lid, W is "-1", not a whole number'],
    ['15,15,14,15,16', '15,15,13,15,16', 'position has 19 tiles of R in all, not 20'],
    ['0,0,0,0,0', '0,0,0,1,0', 'position has 21 tiles of K in all, not 20'],
    [' 1 7;', ' - 7;', 'position has the marker in 0 places, not in one, while a round is on'],
    [';K|', ';1K|', 'position has the marker in 2 places, not in one, while a round is on'],
  ])('%j turned into %j: %3$s', (good, bad, message) => {
    const text = good === '' ? '' : TEXT.replace(good, bad);
    expect(text).not.toBe(TEXT);
    expect(messageOf(() => parsePosition(text))).toBe(message);
  });

  test('has the marker where a deal is due or the game is over', () => {
    const due = printPosition(startPosition(2));
    const complete = due.replace('...../', 'BYRKW/').replace('20,20,20,20,20', '19,19,19,19,19');
    expect(messageOf(() => parsePosition(due.replace(' - ', ' 1 ')))).toBe(
      'position has the marker on the table, but a deal is due',
    );
    expect(messageOf(() => parsePosition(complete.replace(';-|', ';1|')))).toBe(
      'position has the marker on the table, but the game is over',
    );
  });
});

describe('a bad move', () => {
  const boards = [{ lines: '-,-,R2,B4,K5', wall: '.Y.../...../...../...../.....' }, {}];

  test.each([
    ['', 'move "" is not source, colour, destination (like 3B4 or cRf)'],
    ['3B', 'move "3B" is not source, colour, destination (like 3B4 or cRf)'],
    ['3B4 ', 'move "3B4 " is not source, colour, destination (like 3B4 or cRf)'],
    ['0B4', 'move "0B4" has the source "0", not 1-5 or c'],
    ['6B4', 'move "6B4" has the source "6", not 1-5 or c'],
    ['7B4', 'move "7B4" has the source "7", not 1-5 or c'],
    ['CB4', 'move "CB4" has the source "C", not 1-5 or c'],
    ['1G4', 'move "1G4" has the colour "G", not one of BYRKW'],
    ['114', 'move "114" has the colour "1", not one of BYRKW'],
    ['1B0', 'move "1B0" has the destination "0", not 1-5 or f'],
    ['1B6', 'move "1B6" has the destination "6", not 1-5 or f'],
    ['1BF', 'move "1BF" has the destination "F", not 1-5 or f'],
    ['1W1', 'move "1W1" is not legal: no W in factory 1'],
    ['cWf', 'move "cWf" is not legal: no W in the centre'],
    ['2B1', 'move "2B1" is not legal: no B in factory 2'],
    ['1Y1', 'move "1Y1" is not legal: row 1 of the wall already has Y'],
    ['1B3', 'move "1B3" is not legal: line 3 holds R'],
    ['1K4', 'move "1K4" is not legal: line 4 is full'],
    ['1B4', 'move "1B4" is not legal: line 4 is full'],
    ['1K5', 'move "1K5" is not legal: line 5 is full'],
  ])('%j', (move, message) => {
    const position = positionOf({ factories: ['BBYK'], centre: '1Y', boards });
    const before = position.state.slice();
    expect(messageOf(() => applyToken(position, move))).toBe(message);
    expect(position.state).toEqual(before);
  });

  test('comes where a deal is due', () => {
    expect(messageOf(() => applyToken(startPosition(2), '1B1'))).toBe('move "1B1" comes where a deal is due');
  });

  test('is shortened when it is long', () => {
    const message = messageOf(() => applyToken(startPosition(2), 'x'.repeat(1000)));
    expect(message).toBe(`move "${'x'.repeat(40)}…" is not source, colour, destination (like 3B4 or cRf)`);
  });
});

describe('a bad deal', () => {
  // The bag holds BBBBYY, and the lid all other tiles.
  const due = { boards: [{}, {}], lid: '16,18,20,20,20' };

  test.each([
    ['=', 'deal "=" has 1 factories, not 5'],
    ['=BBBB/YYRR/RRRR/KKKK', 'deal "=BBBB/YYRR/RRRR/KKKK" has 4 factories, not 5'],
    ['=BBBBB/YYRR/RRRR/KKKK/KKK', 'deal, factory 1 holds 5 tiles, more than 4'],
    ['=BBBB/YYRR/RQRR/KKKK/KKKK', 'deal, factory 3 has "Q" in "RQRR", not one of BYRKW'],
    ['=BBBB/YYRR/RRRR/KKKK/', 'deal, factory 5 is missing (- stands for empty)'],
    ['=BBBB/YYRR/RRRR/KKKK/-', 'deal "=BBBB/YYRR/RRRR/KKKK/-" has 16 tiles, not 20'],
    ['=BBBB/YRRR/RRRR/KKKK/KKKK', 'deal "=BBBB/YRRR/RRRR/KKKK/KKKK" has 1 Y, but the bag runs empty and held 2'],
    ['=BBBB/RRRR/RRRR/KKKK/KKKK', 'deal "=BBBB/RRRR/RRRR/KKKK/KKKK" has 0 Y, but the bag runs empty and held 2'],
  ])('%s', (deal, message) => {
    const position = positionOf(due);
    const before = position.state.slice();
    expect(messageOf(() => applyToken(position, deal))).toBe(message);
    expect(position.state).toEqual(before);
  });

  test('takes more of a colour than can be drawn', () => {
    const position = positionOf({ boards: [{}, {}], lid: '18,10,10,10,10' });
    expect(messageOf(() => applyToken(position, '=BBBB/YYYY/RRRR/KKKK/WWWW'))).toBe(
      'deal "=BBBB/YYYY/RRRR/KKKK/WWWW" has 4 B, but only 2 can be drawn',
    );
  });

  test('fills two factories partially when there are too few tiles', () => {
    const boards = Array.from({ length: 4 }, () => ({ wall: '.YRKW/W.YRK/KW.YR/RKW.Y/YRKW.' }));
    const position = positionOf({ boards });
    expect(messageOf(() => applyToken(position, '=BBBB/BBBB/BBBB/BBBB/BBB/B/-/-/-'))).toBe(
      'deal "=BBBB/BBBB/BBBB/BBBB/BBB/B/-/-/-" leaves more than one factory partly filled',
    );
    applyToken(position, '=BBBB/BBBB/BBBB/BBBB/BBBB/-/-/-/-');
  });

  test('comes where no deal is due', () => {
    const position = parsePosition(TEXT);
    expect(messageOf(() => applyToken(position, `=${FACTORIES}`))).toBe(
      `deal "=${FACTORIES}" comes where no deal is due`,
    );
  });
});
