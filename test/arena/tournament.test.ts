import { expect, test } from 'vitest';
import { GreedyPlayer, HeuristicPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { pairingsOf, standingsOf, type TournamentPlan } from '../../src/arena/tournament.js';

const PLAN: TournamentPlan = {
  specs: ['random', 'greedy', 'heuristic'],
  players: 2,
  pairs: 6,
  seed: 2,
  gauntlet: false,
};
const PLAYERS = [new RandomPlayer(), new GreedyPlayer(), new HeuristicPlayer()];

async function play(plan: TournamentPlan, most = Infinity) {
  const played = [];
  for (const { a, b } of pairingsOf(plan).slice(0, most)) {
    const contestants = [PLAYERS[a]!, PLAYERS[b]!];
    played.push({ a, b, games: await playMatch({ seats: 2, contestants, seed: plan.seed, from: 0, to: plan.pairs }) });
  }
  return standingsOf(plan, played);
}

test('a round robin has every pair of players, a gauntlet the first player against all others', () => {
  const names = (gauntlet: boolean) => pairingsOf({ ...PLAN, gauntlet }).map(({ a, b }) => `${a}-${b}`);
  expect(names(false)).toEqual(['0-1', '0-2', '1-2']);
  expect(names(true)).toEqual(['0-1', '0-2']);
});

test('standings are sorted, and the points add up', async () => {
  const { pairings, standings } = await play(PLAN);
  expect(standings.map(({ player }) => player)).toEqual([2, 1, 0]);
  expect(standings[0]!.rating.mean).toBe(0);
  expect(standings.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1.5, 12);
  const random = pairings.filter(({ a }) => a === 0).map(({ score }) => score.mean);
  expect(standings[2]!.score).toBeCloseTo((random[0]! + random[1]!) / 2, 12);
});

test('a player without games has no place', async () => {
  const { standings } = await play(PLAN, 1);
  expect(standings.map(({ player }) => player)).toEqual([1, 0]);
});

test('a gauntlet rates players who have not met', async () => {
  const { pairings, standings } = await play({ ...PLAN, gauntlet: true });
  expect(pairings.length).toBe(2);
  for (const { rating } of standings) expect(Number.isFinite(rating.low + rating.high)).toBe(true);
});
