import { describe, expect, it, test } from 'vitest';
import type { GameRecord } from '../../src/arena/match.js';
import {
  compare,
  type Estimate,
  eloOf,
  estimateElo,
  estimateMean,
  estimateScore,
  pairMargins,
  pairScores,
  scoreAt,
  scoresBySeat,
} from '../../src/arena/statistics.js';
import { Random } from '../../src/game/random.js';
import { simulatePair, trueMargin, trueScore } from './simulate.js';

function game(pair: number, seats: number[], scores: number[], ranks: number[]): GameRecord {
  return { pair, rotation: 0, seats, scores, ranks, plies: 0, tokens: [] };
}

/** The fraction of simulated matches whose interval holds the true value. */
function coverage(pairs: number, elo: number, truth: number, estimateOf: (games: GameRecord[]) => Estimate): number {
  const random = new Random(pairs, elo);
  const matches = 1000;
  let held = 0;
  for (let m = 0; m < matches; m++) {
    const { low, high } = estimateOf(
      Array.from({ length: pairs }, (_, pair) => simulatePair(random, elo, pair)).flat(),
    );
    if (low <= truth && truth <= high) held++;
  }
  return held / matches;
}

test.each([0, 1])('contestant %i, who forfeits with one of its seats, loses with all', (loser) => {
  // Both contestants have seats, in any order of places when the game ended.
  const games = [0, 1, 2].map((rotation) => {
    const seats = [0, 1, 1].map((_, seat) => [0, 1, 1][(seat + rotation) % 3]!);
    return { ...game(0, seats, [30, 20, 10], [1, 2, 3]), forfeit: seats.indexOf(loser) };
  });
  expect(pairScores(games)).toEqual([loser === 0 ? 0 : 1]);
});

describe('pairs', () => {
  test('count nowhere while they are unfinished, and neither do their forfeits', () => {
    const half = { ...game(0, [0, 1], [0, 0], [2, 1]), forfeit: 0 };
    const other = { ...game(0, [1, 0], [0, 0], [1, 2]), forfeit: 1 };
    expect(compare([half])).toMatchObject({ pairs: 0, losses: 0, forfeits: [0, 0] });
    expect(compare([half, other])).toMatchObject({ pairs: 1, losses: 2, forfeits: [2, 0] });
  });

  const match = [
    game(0, [0, 1], [50, 40], [1, 2]),
    game(0, [1, 0], [30, 36], [2, 1]),
    game(1, [0, 1], [50, 50], [1, 1]),
    game(1, [1, 0], [61, 41], [1, 2]),
    game(2, [0, 1], [50, 40], [1, 2]),
  ];

  it('averages the games of a pair and leaves out an incomplete pair', () => {
    expect(pairScores(match)).toEqual([1, 0.25]);
    expect(pairScores(match, 1, 0)).toEqual([0, 0.75]);
    expect(pairMargins(match)).toEqual([8, -10]);
  });

  it('compares ranks at larger tables', () => {
    const seatings = [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ];
    // First: ahead of one, behind the other. Second: won. Third: shares the last rank.
    const ranks = [
      [2, 1, 3],
      [2, 1, 3],
      [1, 2, 2],
    ];
    const games = seatings.map((seats, i) => game(4, seats, [10, 20, 30], ranks[i]!));
    expect(pairScores(games)).toEqual([(1 + 2 + 0.5) / 6]);
    expect(scoresBySeat(games).map(({ mean }) => mean)).toEqual([0.5, 1, 0.25]);
  });

  it('counts games and seats', () => {
    const { pairs, wins, draws, losses, score, margin, bySeat } = compare(match);
    expect({ pairs, wins, draws, losses }).toEqual({ pairs: 2, wins: 2, draws: 1, losses: 1 });
    expect(score.mean).toBe(0.625);
    expect(margin.mean).toBe(-1);
    expect(bySeat.map(({ mean }) => mean)).toEqual([0.75, 0.5]);
  });
});

describe('estimates', () => {
  it('match cases worked by hand', () => {
    // With one won pair and one lost pair added: 1, 0.5, 1, 0.5, 0, 1. Mean 2/3, variance 1/6, error 1/6.
    const score = estimateScore([1, 0.5, 1, 0.5]);
    expect(score.mean).toBe(0.75);
    expect(score.error).toBeCloseTo(1 / 6, 9);
    expect(score.low).toBeCloseTo(2 / 3 - 1.959964 / 6, 9);
    expect(score.high).toBeCloseTo(2 / 3 + 1.959964 / 6, 9);
    // Variance 10, error sqrt 2; Student's quantile with 4 degrees of freedom is 2.776.
    const mean = estimateMean([3, 5, 7, 9, 11]);
    expect(mean.mean).toBe(7);
    expect(mean.error).toBeCloseTo(Math.SQRT2, 9);
    expect(Math.abs((mean.high - 7) / Math.SQRT2 / 2.776 - 1)).toBeLessThan(0.02);
  });

  it('have no bound on a margin from one pair', () => {
    expect(estimateMean([4])).toEqual({ mean: 4, error: Infinity, low: -Infinity, high: Infinity });
  });

  it('leave doubt after 50 wins in a row', () => {
    const { mean, low, high } = estimateScore(new Array(50).fill(1));
    expect({ mean, high }).toEqual({ mean: 1, high: 1 });
    expect(low).toBeGreaterThan(0.9);
    expect(low).toBeLessThan(0.97);
  });

  it.each([
    [15, 0],
    [60, 100],
    [200, -30],
  ])('of the score hold the true value in about 95 %% of matches: %i pairs, %i Elo', (pairs, elo) => {
    const held = coverage(pairs, elo, trueScore(elo), (games) => estimateScore(pairScores(games)));
    expect(held).toBeGreaterThan(0.93);
    expect(held).toBeLessThan(pairs < 50 ? 0.985 : 0.97);
  });

  it('of the Elo difference and of the margin hold the true value too', () => {
    const elo = coverage(80, 60, eloOf(trueScore(60)), (games) => compare(games).elo);
    expect(elo).toBeGreaterThan(0.93);
    expect(elo).toBeLessThan(0.97);
    const margin = coverage(8, 60, trueMargin(60), (games) => compare(games).margin);
    expect(margin).toBeGreaterThan(0.92);
    expect(margin).toBeLessThan(0.97);
  });
});

describe('Elo', () => {
  it('is 191 points at a score of 3/4, and the inverse of the expected score', () => {
    expect(eloOf(0.5)).toBe(0);
    expect(eloOf(0.75)).toBeCloseTo(190.85, 2);
    expect(scoreAt(400)).toBeCloseTo(10 / 11, 9);
    for (const elo of [-300, -1, 20, 700]) expect(eloOf(scoreAt(elo))).toBeCloseTo(elo, 6);
  });

  it('has no upper bound after 50 wins in a row, and has a lower bound', () => {
    const { mean, low, high } = estimateElo(estimateScore(new Array(50).fill(1)));
    expect([mean, high]).toEqual([Infinity, Infinity]);
    expect(low).toBeGreaterThan(350);
    expect(low).toBeLessThan(600);
  });
});
