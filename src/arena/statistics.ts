/**
 * Statistics of a match: scores, margins and Elo with their intervals. The unit is the pair: the games of one deal sequence
 * from all seats, whose results are correlated. In a game of more than two, a player's score against another is 1, ½ or 0 by
 * their places, so equal players score ½ at any table.
 */
import type { GameRecord } from './match.js';

/** A mean with its standard error and its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of a two-sided 95 % interval. */
export const Z = 1.959964;
/** Elo points per factor e in strength. */
export const ELO_SCALE = 400 / Math.LN10;

// ---- pairs

/** The games of each deal sequence that was played from all seats. */
function completePairs(games: readonly GameRecord[]): GameRecord[][] {
  const pairs = new Map<number, GameRecord[]>();
  for (const game of games) {
    const pair = pairs.get(game.pair);
    if (pair) pair.push(game);
    else pairs.set(game.pair, [game]);
  }
  return [...pairs.values()].filter((pair) => pair.length === pair[0]!.seats.length);
}

/** One number for each complete pair: the mean of `value` over its games and over the seats of a and b. */
function pairMeans(
  games: readonly GameRecord[],
  a: number,
  b: number,
  value: (game: GameRecord, seatOfA: number, seatOfB: number) => number,
  counts: (game: GameRecord, seatOfA: number) => boolean = () => true,
): number[] {
  const means: number[] = [];
  for (const pair of completePairs(games)) {
    let sum = 0;
    let n = 0;
    for (const game of pair) {
      for (const [seatOfA, contestant] of game.seats.entries()) {
        if (contestant !== a || !counts(game, seatOfA)) continue;
        for (const [seatOfB, other] of game.seats.entries()) {
          if (other !== b) continue;
          sum += value(game, seatOfA, seatOfB);
          n++;
        }
      }
    }
    if (n > 0) means.push(sum / n);
  }
  return means;
}

/** The score of a seat against another: 1, ½ or 0. A player that forfeits loses with all its seats. */
function scoreOf(game: GameRecord, seat: number, other: number): number {
  const forfeiter = game.forfeit === undefined ? undefined : game.seats[game.forfeit];
  if (game.seats[seat] === forfeiter) return 0;
  if (game.seats[other] === forfeiter) return 1;
  return (1 + Math.sign(game.ranks[other]! - game.ranks[seat]!)) / 2;
}

/** The score of contestant `a` against `b` in each complete pair, 0 to 1. */
export function pairScores(games: readonly GameRecord[], a = 0, b = 1): number[] {
  return pairMeans(games, a, b, scoreOf);
}

/** The points that contestant `a` is ahead of `b` in each complete pair, as the mean of its games. */
export function pairMargins(games: readonly GameRecord[], a = 0, b = 1): number[] {
  return pairMeans(games, a, b, (game, seat, other) => game.scores[seat]! - game.scores[other]!);
}

/** The scores of contestant `a` against `b` from each seat, in the order of the seats. */
export function scoresBySeat(games: readonly GameRecord[], a = 0, b = 1): Estimate[] {
  const seats = games[0]?.seats.length ?? 0;
  return Array.from({ length: seats }, (_, seat) =>
    estimateScore(pairMeans(games, a, b, scoreOf, (_game, seatOfA) => seatOfA === seat)),
  );
}

// ---- estimates

/**
 * The mean of pair scores. The error and the interval include one more pair won and one more lost (after Agresti & Coull
 * 1998), so that winning all pairs does not give certainty. The mean does not include them.
 */
export function estimateScore(scores: readonly number[]): Estimate {
  const all = [...scores, 0, 1];
  const centre = meanOf(all);
  const error = Math.sqrt(varianceOf(all) / all.length);
  return {
    mean: meanOf(scores),
    error,
    low: Math.max(0, centre - Z * error),
    high: Math.min(1, centre + Z * error),
  };
}

/** The mean of a quantity with one value per pair, with Student's interval, which is infinite for a single pair. */
export function estimateMean(values: readonly number[]): Estimate {
  const mean = meanOf(values);
  const error = Math.sqrt(varianceOf(values) / values.length);
  const reach = values.length < 2 ? Infinity : studentQuantile(values.length - 1) * error;
  return { mean, error, low: mean - reach, high: mean + reach };
}

/** Student's 97.5 % quantile by the first terms of its expansion (Abramowitz & Stegun 26.7.5); error below 2 % from 4 on. */
function studentQuantile(freedom: number): number {
  return Z + (Z ** 3 + Z) / (4 * freedom) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * freedom ** 2);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return Infinity;
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

// ---- Elo

/** The Elo difference of an expected score; -∞ at 0 and ∞ at 1. */
export function eloOf(score: number): number {
  return ELO_SCALE * Math.log(score / (1 - score));
}

/** The expected score of an Elo difference. */
export function scoreAt(elo: number): number {
  return 1 / (1 + Math.exp(-elo / ELO_SCALE));
}

/** The Elo difference of a score. The error follows from the slope at the score, the interval from its ends. */
export function estimateElo(score: Estimate): Estimate {
  return {
    mean: eloOf(score.mean),
    error: (ELO_SCALE * score.error) / (score.mean * (1 - score.mean)),
    low: eloOf(score.low),
    high: eloOf(score.high),
  };
}

// ---- comparison

/** The results of one contestant of a match against another. */
export interface Comparison {
  /** Deals whose games, one for each seating, have all ended. */
  readonly pairs: number;
  /** Comparisons of two seats in complete pairs; one per game at a table of two. */
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
  /** Games that `a` and `b` forfeited. They also count as losses. */
  readonly forfeits: readonly [a: number, b: number];
  readonly score: Estimate;
  readonly elo: Estimate;
  /** Points ahead of the other. */
  readonly margin: Estimate;
  readonly bySeat: readonly Estimate[];
}

/** Compares contestant `a` with `b` in all complete pairs of a match. */
export function compare(games: readonly GameRecord[], a = 0, b = 1): Comparison {
  const tally = [0, 0, 0];
  const forfeitsOf = (contestant: number) =>
    completePairs(games)
      .flat()
      .filter(({ forfeit, seats }) => forfeit !== undefined && seats[forfeit] === contestant).length;
  const scores = pairMeans(games, a, b, (game, seat, other) => {
    const score = scoreOf(game, seat, other);
    tally[2 * score]!++;
    return score;
  });
  const score = estimateScore(scores);
  return {
    pairs: scores.length,
    wins: tally[2]!,
    draws: tally[1]!,
    losses: tally[0]!,
    forfeits: [forfeitsOf(a), forfeitsOf(b)],
    score,
    elo: estimateElo(score),
    margin: estimateMean(pairMargins(games, a, b)),
    bySeat: scoresBySeat(games, a, b),
  };
}
