import { describe, expect, test } from 'vitest';
import { applyToken, parsePosition, printPosition } from '../../src/game/notation.js';
import { DEAL_DUE, OVER, PHASE, PLAYING, TURN } from '../../src/game/state.js';
import { type BoardSketch, positionOf, type Sketch } from './positions.js';
import { readTable } from './reference.js';

const ROW = '...../...../...../...../YRKWB';
const TWO_ROWS = '...../...../...../RKWBY/YRKWB';
const ALMOST_ROW = '.YRKW/...../...../...../.....';
const COLUMN = 'B..../W..../K..../R..../Y....';
const COLOUR = 'B..../.B.../..B../...B./....B';

/** The phase, the turn and the scores after the last tile of a round. */
function afterLast(sketch: Sketch, move: string): { phase: number; turn: number; scores: number[] } {
  const position = positionOf(sketch);
  applyToken(position, move);
  const text = printPosition(position);
  expect(parsePosition(text).state).toEqual(position.state);
  const scores = readTable(text).boards.map((board) => board.score);
  return { phase: position.state[PHASE]!, turn: position.state[TURN]!, scores };
}

describe('the game ends', () => {
  const opponent = { score: 30, floor: '1' };

  test('after the tiling that completes a row, with 5 for the tile and 2 for the row', () => {
    const boards = [{ lines: 'B1,-,-,-,-', wall: ALMOST_ROW }, opponent];
    const { phase, scores } = afterLast({ centre: 'K', boards, turn: 0 }, 'cK3');
    expect(phase).toBe(OVER);
    expect(scores).toEqual([7, 29]);
  });

  test('not before the round is over', () => {
    const boards = [{ wall: ALMOST_ROW }, opponent];
    const { phase } = afterLast({ centre: 'BK', boards, turn: 0 }, 'cB1');
    expect(phase).toBe(PLAYING);
  });

  test('not for a column or a colour, which only score at the end', () => {
    const boards = [{ lines: 'B1,-,-,-,-', wall: COLUMN.replace('B', '.') }, opponent];
    const { phase, scores } = afterLast({ centre: 'K', boards, turn: 0 }, 'cKf');
    expect(phase).toBe(DEAL_DUE);
    expect(scores).toEqual([4, 29]);
  });

  test('for all players, each with the bonuses of their own wall', () => {
    const boards: BoardSketch[] = [
      { lines: 'B1,-,-,-,-', wall: ALMOST_ROW },
      { score: 10, wall: COLUMN, floor: '1' },
      { score: 10, wall: COLOUR },
      { score: 10 },
    ];
    const { phase, scores } = afterLast({ centre: 'K', boards, turn: 0 }, 'cK3');
    expect(phase).toBe(OVER);
    expect(scores).toEqual([7, 10 - 1 + 7, 10 + 10, 10]);
  });

  test('with the bonuses added after the floor penalty, which stops at 0', () => {
    const boards = [{ lines: 'B1,-,-,-,-', wall: ALMOST_ROW, floor: 'YYYYYYY' }, opponent];
    expect(afterLast({ centre: 'K', boards, turn: 0 }, 'cK3').scores).toEqual([2, 29]);
  });

  test('when no tile is left to deal', () => {
    // Every wall lacks one tile in each row. Lines 2 and 5 hold all other tiles but one white one.
    const boards = [
      { score: 5, lines: '-,-,-,-,B4', wall: 'B.RKW/.BYRK/KWBY./R.WBY/YRKW.', floor: '1' },
      { lines: '-,W1,-,-,Y4', wall: '.YRKW/.BYRK/KWBY./R.WBY/.RKWB' },
      { lines: '-,W1,-,-,R4', wall: '.YRKW/.BYRK/KWB.R/R.WBY/Y.KWB' },
      { lines: '-,W1,-,-,K4', wall: '.YRKW/.BYRK/KWB.R/.KWBY/YR.WB' },
    ];
    const sketch = { centre: 'W', boards, turn: 0 };
    expect(printPosition(positionOf(sketch))).toMatch(/ 0,0,0,0,0 0,0,0,0,0$/);
    const { phase, scores } = afterLast(sketch, 'cW2');
    expect(phase).toBe(OVER);
    // Two complete columns each, and player 0 pays for the marker.
    expect(scores).toEqual([5 - 1 + 14, 14, 14, 14]);
  });

  test('and no further move or deal is accepted', () => {
    const position = positionOf({ boards: [{ wall: ROW }, {}] });
    expect(position.state[PHASE]).toBe(OVER);
    expect(position.rules.countLegal(position.state, 0)).toBe(0);
    expect(() => applyToken(position, 'cB1')).toThrow('move "cB1" comes after the end of the game');
    expect(() => applyToken(position, '=BBBB/-/-/-/-')).toThrow('comes where no deal is due');
  });
});

describe('the next round is started', () => {
  const boards = [{}, {}, {}];

  test('by the player with the marker', () => {
    const holders = [
      [{ floor: '1' }, {}, {}],
      [{}, { floor: '1' }, {}],
      [{}, {}, { floor: '1' }],
    ];
    const turns = holders.map((held) => afterLast({ centre: 'K', boards: held, turn: 1 }, 'cKf').turn);
    expect(turns).toEqual([0, 1, 2]);
  });

  test('by the player whose marker went past the seventh space, without a cost', () => {
    const held = [{}, { score: 20, floor: 'YYYYYYY' }, {}];
    const { turn, scores } = afterLast({ centre: '1K', boards: held, turn: 1 }, 'cKf');
    expect(turn).toBe(1);
    expect(scores).toEqual([0, 6, 0]);
  });

  test('in turn order when no player took the marker, which returns with the deal', () => {
    const factories = ['KKKK'];
    expect(afterLast({ factories, centre: '1', boards, turn: 1 }, '1Kf').turn).toBe(2);
    expect(afterLast({ factories, centre: '1', boards, turn: 2 }, '1Kf').turn).toBe(0);
    const position = positionOf({ factories, centre: '1', boards, turn: 2 });
    applyToken(position, '1K4');
    expect(printPosition(position).split(' ')[1]).toBe('-');
    applyToken(position, '=BBBB/YYYY/RRRR/BBBB/WWWW/BYRW/BYRW');
    expect(printPosition(position).split(' ')[1]).toBe('1');
    expect(position.state[TURN]).toBe(0);
  });
});

describe('the winners', () => {
  test.each<[string, BoardSketch[], number[]]>([
    ['have most points', [{ score: 30, wall: ROW }, { score: 31 }], [1]],
    [
      'have most points even by one against five rows',
      [{ score: 50, wall: 'BYRKW/WBYRK/KWBYR/RKWBY/YRKWB' }, { score: 51 }],
      [1],
    ],
    [
      'have more complete rows at equal points',
      [
        { score: 30, wall: ROW },
        { score: 30, wall: TWO_ROWS },
      ],
      [1],
    ],
    [
      'share at equal points and rows',
      [
        { score: 30, wall: ROW },
        { score: 30, wall: ROW },
      ],
      [0, 1],
    ],
    [
      'are the best two of three',
      [{ score: 30 }, { score: 31 }, { score: 31 }].map((b) => ({ ...b, wall: ROW })),
      [1, 2],
    ],
    ['are all four', [{ wall: ROW }, { wall: ROW }, { wall: ROW }, { wall: ROW }], [0, 1, 2, 3]],
    [
      'need the rows among those with most points only',
      [{ score: 9, wall: TWO_ROWS }, { score: 10 }, { score: 10, wall: ROW }],
      [2],
    ],
  ])('%s', (_, boards, expected) => {
    const { rules, state } = positionOf({ boards });
    expect(state[PHASE]).toBe(OVER);
    const winners = rules.winners(state, 0);
    expect(boards.map((_, p) => p).filter((p) => (winners >> p) & 1)).toEqual(expected);
  });
});
