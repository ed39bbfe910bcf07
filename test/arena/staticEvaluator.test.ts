import { describe, expect, it } from 'vitest';
import { roundGain, StaticEvaluator, WEIGHTS } from '../../src/arena/staticEvaluator.js';
import { parsePosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { Rules } from '../../src/game/rules.js';
import { BOARDS, OVER, PHASE } from '../../src/game/state.js';

const EMPTY = '0;-,-,-,-,-;...../...../...../...../.....;-';

/** A 2-player position that waits for its deal, from its boards. The bag gets the tiles that are nowhere else. */
function waiting(...boards: [string, string]): Int32Array {
  const all = boards.join();
  const bag = [...'BYRKW'].map((letter) => {
    const alone = all.split(letter).length - 1;
    const inLines = [...all.matchAll(new RegExp(`${letter}(\\d)`, 'g'))].reduce(
      (sum, match) => sum + +match[1]! - 1,
      0,
    );
    return 20 - alone - inLines;
  });
  return parsePosition(`-/-/-/-/- - ${boards.join('|')} 0 2 ${bag.join()} 0,0,0,0,0`).state;
}

function margin(state: Int32Array, player = 0): number {
  return new StaticEvaluator().margin(Rules.for(2), state, 0, player);
}

describe('roundGain', () => {
  it('tiles the complete lines from the top and subtracts the floor', () => {
    // Line 1 meets the blue tile below it and scores 2. Line 3 stands alone and scores 1. Line 2 is not complete. Two
    // spaces of the floor cost 2.
    const { state } = parsePosition(
      '-/-/-/-/Y 1 5;Y1,R1,Y3,-,-;...../.B.../...../...../.....;RR|0;-,-,-,-,-;...../...../...../...../.....;- 0 2 19,15,17,20,20 0,0,0,0,0',
    );
    expect(roundGain(state, BOARDS)).toBe(2 + 1 - 2);
  });
});

describe('StaticEvaluator', () => {
  it('is the difference between the two players', () => {
    const state = waiting(
      '7;-,R1,-,K3,-;B..../...../..B../...../.....;-',
      '9;-,-,W2,-,-;....W/...../...../...../.....;-',
    );
    expect(margin(state, 0)).toBe(-margin(state, 1));
    expect(margin(waiting(EMPTY, EMPTY))).toBe(WEIGHTS.tempo[4]);
  });

  it('counts each point as 100', () => {
    const more = EMPTY.replace(/^0/, '8');
    expect(margin(waiting(more, EMPTY)) - margin(waiting(EMPTY, EMPTY))).toBe(800);
  });

  it.each([
    // The wall's fifth row has B at column 5, Y at 1, R at 2, K at 3, W at 4.
    ['a place beside other tiles', '...../...../...../.KWB./.....', 'K4', 'Y4'],
    ['the last place of a column', 'BYR../W..../K..../R..../.....', 'Y4', 'R4'],
    ['the last place of a colour', 'BYR../.B.../..B../...B./.....', 'B4', 'Y4'],
    ['a fuller line', '...../...../...../...../.....', 'R4', 'R2'],
  ])('prefers %s', (_what, wall, better, worse) => {
    const board = (line: string) => `9;-,-,-,-,${line};${wall};-`;
    expect(margin(waiting(board(better), EMPTY))).toBeGreaterThan(margin(waiting(board(worse), EMPTY)));
  });

  it('considers what a line can still become during the round', () => {
    const board = '0;-,-,R2,-,-;...../...../...../...../.....;-';
    const position = (factory: string, bag: string) =>
      parsePosition(`${factory}/-/-/-/- 1 ${board}|${EMPTY} 1 1 ${bag} 0,0,0,0,0`).state;
    expect(margin(position('R', '20,20,17,20,20'))).toBeGreaterThan(margin(position('B', '19,20,18,20,20')));
  });

  it('values a finished game by its margin and the win', () => {
    const row = 'BYRKW/...../...../...../.....';
    const { rules, state } = parsePosition(
      `-/-/-/-/- - 31;-,-,-,-,-;${row};-|30;-,-,-,-,-;...../...../...../...../.....;- 0 5 19,19,19,19,19 0,0,0,0,0`,
    );
    expect(state[PHASE]).toBe(OVER);
    // One row more breaks ties, and counts an eighth of a point.
    expect(new StaticEvaluator().margin(rules, state, 0, 0)).toBe(100 + 13 + WEIGHTS.win);
    expect(new StaticEvaluator().margin(rules, state, 0, 1)).toBe(-100 - 12 - WEIGHTS.win);
  });

  it('gives a position the same value after any other positions', () => {
    const seen = new StaticEvaluator();
    const random = new Random(1);
    const rules = Rules.for(3);
    const actions = new Uint16Array(rules.actions);
    for (let game = 0; game < 20; game++) {
      const state = rules.start();
      while (state[PHASE] !== OVER) {
        const legal = rules.legal(state, 0, actions);
        if (legal === 0) rules.deal(state, 0, random);
        else rules.apply(state, 0, actions[random.int(legal)]!);
        expect(seen.margin(rules, state, 0, 1)).toBe(new StaticEvaluator().margin(rules, state, 0, 1));
      }
    }
  });
});
