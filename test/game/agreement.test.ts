/** The rules compared with the reference, move by move. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyToken, parsePosition, printMove, printPosition, startPosition } from '../../src/game/notation.js';
import type { Rules } from '../../src/game/rules.js';
import { BOARD_SIZE, BOARDS, OVER, PHASE, SCORE } from '../../src/game/state.js';
import { endOf, playouts, startTable, steps } from './playouts.js';
import { countEverywhere, legalActions } from './positions.js';
import { legalMoves, played, winnersOf, writeTable } from './reference.js';

function scores(rules: Rules, state: Int32Array): number[] {
  return Array.from({ length: rules.players }, (_, p) => state[BOARDS + BOARD_SIZE * p + SCORE]!);
}

describe('the rules agree with the reference', () => {
  test('on the start of a game', () => {
    for (const players of [2, 3, 4]) {
      expect(printPosition(startPosition(players))).toBe(writeTable(startTable(players)));
    }
  });

  test('on the legal moves and the position after every move and deal', () => {
    fc.assert(
      fc.property(playouts(150), (playout) => {
        const position = startPosition(playout.players);
        const { rules, state } = position;
        for (const { before, token, after } of steps(playout)) {
          const actions = legalActions(rules, state);
          expect(actions.map((action) => printMove(rules, action)).sort()).toEqual(legalMoves(before));
          expect(rules.countLegal(state, 0)).toBe(actions.length);
          applyToken(position, token);
          expect(printPosition(position)).toBe(writeTable(after));
          expect(Math.min(...scores(rules, state))).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('on the result of every single legal move', () => {
    fc.assert(
      fc.property(playouts(150), (playout) => {
        const table = endOf(playout);
        for (const move of legalMoves(table)) {
          const position = parsePosition(writeTable(table));
          applyToken(position, move);
          expect(printPosition(position)).toBe(writeTable(played(table, move)));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('on the winners', () => {
    fc.assert(
      fc.property(playouts(300), (playout) => {
        const table = endOf(playout);
        const { rules, state } = parsePosition(writeTable(table));
        const winners = winnersOf(table).reduce((set, p) => set | (1 << p), 0);
        expect(rules.winners(state, 0)).toBe(winners);
      }),
      { numRuns: 200 },
    );
  });
});

describe('every playout', () => {
  test('keeps twenty tiles of each colour', () => {
    fc.assert(
      fc.property(playouts(150), (playout) => {
        for (const { after } of steps(playout)) {
          for (const colour of 'BYRKW') expect(countEverywhere(after, colour)).toBe(20);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('ends if the players prefer pattern lines to the floor', () => {
    const games = fc.record({ players: fc.integer({ min: 2, max: 4 }), seed: fc.nat() });
    fc.assert(
      fc.property(games, ({ players, seed }) => {
        const table = endOf({ players, seed, plies: 2000, habit: 'fills lines', clumping: 'none' });
        expect(parsePosition(writeTable(table)).state[PHASE]).toBe(OVER);
        expect(table.round).toBeLessThan(30);
      }),
      { numRuns: 50 },
    );
  });
});
