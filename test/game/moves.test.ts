import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyToken, parsePosition, printMove, printPosition } from '../../src/game/notation.js';
import { NotationError } from '../../src/game/tileNotation.js';
import { endOf, playouts } from './playouts.js';
import { legalActions, positionOf, type Sketch, sketched } from './positions.js';
import { readTable, type Table, writeTable } from './reference.js';

function after(sketch: Sketch, ...tokens: string[]): Table {
  const position = positionOf(sketch);
  for (const token of tokens) applyToken(position, token);
  return readTable(printPosition(position));
}

describe('at the end of any playout', () => {
  test('isLegal holds for the listed actions and for no other', () => {
    fc.assert(
      fc.property(playouts(150), (playout) => {
        const { rules, state } = parsePosition(writeTable(endOf(playout)));
        const all = Array.from({ length: rules.actions }, (_, action) => action);
        expect(all.filter((action) => rules.isLegal(state, 0, action))).toEqual(legalActions(rules, state));
      }),
      { numRuns: 100 },
    );
  });

  test('an illegal move is refused and changes nothing', () => {
    fc.assert(
      fc.property(playouts(150), (playout) => {
        const position = parsePosition(writeTable(endOf(playout)));
        const { rules, state } = position;
        const before = state.slice();
        const legal = new Set(legalActions(rules, state));
        for (let action = 0; action < rules.actions; action++) {
          if (legal.has(action)) continue;
          expect(() => applyToken(position, printMove(rules, action))).toThrow(NotationError);
        }
        expect(state).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a move', () => {
  const elsewhere = 'WWWW';

  test('from a factory sends the other colours to the centre', () => {
    const table = after({ factories: ['BBYK', elsewhere], centre: '1Y', boards: [{}, {}] }, '1B3');
    expect(table.factories[0]).toBe('');
    expect(table.centre).toBe('1YYK');
    expect(table.boards[0]!.lines).toEqual(['', '', 'BB', '', '']);
    expect(table.turn).toBe(1);
  });

  test('from the centre takes the marker only the first time', () => {
    const sketch = { factories: [elsewhere], centre: '1RRKK', boards: [{}, {}] };
    const first = after(sketch, 'cR2');
    expect(first.centre).toBe('KK');
    expect(first.boards[0]!.floor).toBe('1');
    const second = after(sketch, 'cR2', 'cK2');
    expect(second.centre).toBe('');
    expect(second.boards[1]!.floor).toBe('');
  });

  test('drops the tiles that do not fit its line', () => {
    const boards = [{ lines: '-,-,B2,-,-' }, {}];
    const table = after({ factories: ['BBBY', elsewhere], centre: '1', boards }, '1B3');
    expect(table.boards[0]!.lines[2]).toBe('BBB');
    expect(table.boards[0]!.floor).toBe('BB');
  });

  test('may go to the floor where a line would accept it', () => {
    const table = after({ factories: ['BBYK', elsewhere], centre: '1', boards: [{}, {}] }, '1Bf');
    expect(table.boards[0]!.lines.join('')).toBe('');
    expect(table.boards[0]!.floor).toBe('BB');
  });

  test('sends tiles past the seventh on the floor to the lid', () => {
    const boards = [{ floor: 'YYYYY' }, {}];
    const table = after({ factories: ['BBBB', elsewhere], centre: '1', boards }, '1Bf');
    expect(table.boards[0]!.floor).toBe('BBYYYYY');
    expect(table.lid).toBe('BB');
  });

  test('counts the marker among the seven', () => {
    const boards = [{ floor: '1YYYYY' }, {}];
    const table = after({ factories: ['BBBB', elsewhere], boards }, '1Bf');
    expect(table.boards[0]!.floor).toBe('1BYYYYY');
    expect(table.lid).toBe('BBB');
  });

  test('puts the marker on the floor before the tiles that came with it', () => {
    const boards = [{ floor: 'YYYYYY' }, {}];
    const table = after({ factories: [elsewhere], centre: '1K', boards }, 'cKf');
    expect(table.boards[0]!.floor).toBe('1YYYYYY');
    expect(table.lid).toBe('K');
  });

  test('keeps a marker past the seventh space, and the lid gets the tiles', () => {
    const boards = [{ floor: 'YYYYYYY' }, {}];
    const table = after({ factories: [elsewhere], centre: '1KK', boards }, 'cKf');
    expect(table.boards[0]!.floor).toBe('1YYYYYYY');
    expect(table.lid).toBe('KK');
  });

  test('from each of two equal factories is a separate move', () => {
    const { rules, state } = positionOf({ factories: ['BBBB', 'BBBB'], centre: '1', boards: [{}, {}] });
    expect(legalActions(rules, state).map((action) => printMove(rules, action))).toEqual(
      ['1', '2'].flatMap((source) => ['1', '2', '3', '4', '5', 'f'].map((to) => `${source}B${to}`)),
    );
  });

  test("to a line needs the line's colour, space in it, and a gap in the wall", () => {
    const boards = [{ lines: 'B1,Y1,-,B2,-', wall: '...../...../...../...../....B' }, {}];
    const position = parsePosition(sketched({ factories: ['BBBB'], centre: '1', boards }));
    const actions = legalActions(position.rules, position.state);
    expect(actions.map((action) => printMove(position.rules, action))).toEqual(['1B3', '1B4', '1Bf']);
  });
});
