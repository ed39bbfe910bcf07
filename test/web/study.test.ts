/** The rounds of the game that the analysis page shows. */
import { describe, expect, test } from 'vitest';
import { GreedyPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { ROUND } from '../../src/game/state.js';
import { roundsOf } from '../../web/src/analyse/study.js';

describe('rounds', async () => {
  const [game] = await playMatch({
    seats: 2,
    contestants: [new GreedyPlayer(), new GreedyPlayer()],
    seed: 4,
    from: 0,
    to: 1,
  });
  const tokens = game!.tokens;
  const after = (count: number) => parseSetUp(['start 2 moves', ...tokens.slice(0, count)].join(' '));
  const deals = [...tokens.keys()].filter((i) => tokens[i]!.startsWith('='));

  test('of a whole game start after their deals, and contain every move once', () => {
    const rounds = roundsOf(after(0), tokens);
    expect(rounds.map(({ number }) => number)).toEqual(deals.map((_, i) => i + 1));
    expect(rounds.map(({ place }) => place)).toEqual(deals.map((i) => i + 1));
    expect(rounds.flatMap(({ moves }) => moves)).toEqual([...tokens.keys()].filter((i) => !deals.includes(i)));
    for (const { number, place } of rounds) expect(after(place).state[ROUND]).toBe(number);
  });

  test('keep the numbers of the game where the line starts later: at a deal, or within a round', () => {
    const atDeal = roundsOf(after(deals[2]!), tokens.slice(deals[2]));
    expect(atDeal.map(({ number }) => number)).toEqual(deals.slice(2).map((_, i) => i + 3));
    expect(atDeal[0]!.place).toBe(1);
    const within = roundsOf(after(deals[1]! + 3), tokens.slice(deals[1]! + 3));
    expect(within.map(({ number }) => number)).toEqual(deals.slice(1).map((_, i) => i + 2));
    expect(within[0]).toMatchObject({ place: 0, moves: expect.arrayContaining([0, 1]) });
  });
});
