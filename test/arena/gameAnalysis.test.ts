import { expect, test } from 'vitest';
import { erred, type Judging, judgeGame } from '../../src/arena/gameAnalysis.js';
import { parseMove, startPosition } from '../../src/game/notation.js';

/** A thinker that expects these lines of play, one for each search. */
function expecting(...plays: string[]): Judging {
  const { rules } = startPosition(2);
  return {
    async search() {
      const pv = plays.shift()!.split(' ');
      const values = [0.1 * pv.length, -0.1 * pv.length];
      const line = { action: parseMove(rules, pv[0]!), visits: 1, values, margins: [0, 0] };
      const actions = pv.map((move) => parseMove(rules, move));
      return { sims: 1, timeMs: 1, values, margins: [0, 0], lines: [{ ...line, pv: actions }] };
    },
    evaluate: () => Promise.reject(new Error('nothing to evaluate')),
  };
}

test('a move from the later of two equal factories counts as best if the same move from the first one is best', async () => {
  const game = { start: startPosition(2), tokens: ['=BBYY/BBYY/RRKK/RKWW/RKWW', '5W4', '4W1', '1B2', '3R2'] };
  const thinker = expecting('4W4 5W1 3R2 cK1', '4W1 3R2', '1B1 2B2', '3R2 2B2', 'cR1');
  const judged = await judgeGame(game, thinker, { sims: 1, seed: 0 });
  expect(judged.map(({ pv }) => pv.join(' '))).toEqual(['5W4 4W1 3R2 cK1', '4W1 3R2', '1B1 2B2', '3R2 2B2']);
  expect(judged.map(({ best }) => best)).toEqual(['5W4', '4W1', '1B1', '3R2']);
  // The first move lost 0.1 in numbers but is no error, since the factories are equal. The third is another move.
  expect(judged[0]!.loss).toBeCloseTo(0.1, 12);
  expect(judged.map((move) => erred({ ...move, loss: 0.1 }))).toEqual([false, false, true, false]);
});
