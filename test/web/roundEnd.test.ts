import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMove, parsePosition, startPosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { BOARD_SIZE, BOARDS, OVER, PHASE, PLAYING, SCORE } from '../../src/game/state.js';
import { roundEndSteps } from '../../web/src/play/roundEnd.js';

describe('the steps of a round’s end', () => {
  test('lead to the same boards as the rules, in random games to their end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.nat(), (players, seed) => {
        const { rules, state } = startPosition(players);
        const random = new Random(seed);
        const legal = new Uint16Array(rules.actions);
        while (state[PHASE] !== OVER) {
          if (state[PHASE] !== PLAYING) rules.deal(state, 0, random);
          rules.take(state, 0, legal[random.int(rules.legal(state, 0, legal))]!);
          if (!rules.roundIsOver(state, 0)) continue;
          const steps = roundEndSteps({ rules, state });
          const before = state.slice();
          rules.endRound(state, 0);
          const end = steps.at(-1)?.state ?? before;
          for (let i = BOARDS; i < rules.firstFactory; i++) expect(end[i]).toBe(state[i]);
          for (let p = 0; p < players; p++) {
            const points = steps.filter(({ seat }) => seat === p).reduce((sum, step) => sum + step.points, 0);
            const score = BOARDS + BOARD_SIZE * p + SCORE;
            expect(before[score]! + points).toBe(state[score]);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('name each kind of points, and highlight the tiles that earn them', () => {
    // Player 0's white tile completes row 1, column 5 and the white set. Player 1 drops the round's last tile, without points.
    const { rules, state } = parsePosition(
      '-/-/-/-/- W 10;W1,-,-,-,-;BYRK./W...K/.W..R/..W.Y/...WB;1BY|0;-,-,-,-,-;...../...../...../...../.....;- 1 5 ' +
        '17,17,18,18,14 0,0,0,0,0',
    );
    rules.take(state, 0, parseMove(rules, 'cWf'));
    const steps = roundEndSteps({ rules, state });
    expect(steps.map(({ seat, points, text }) => [seat, points, text])).toEqual([
      [0, 10, 'line 1 is full, so a white tile goes to the wall: 5 in its row and 5 in its column, 10 points.'],
      [0, -4, 'the floor line costs 4.'],
      [1, 0, 'the floor line costs 1; a score never falls below 0.'],
      [0, 2, 'row 1 is complete: 2 points more.'],
      [0, 7, 'column 5 is complete: 7 points more.'],
      [0, 10, 'all five white tiles: 10 points more.'],
    ]);
    expect(steps.map(({ cells }) => cells.toString(2).replaceAll('0', '').length)).toEqual([9, 0, 0, 5, 5, 5]);
    expect(steps.map(({ floor }) => floor)).toEqual([false, true, true, false, false, false]);
  });
});
