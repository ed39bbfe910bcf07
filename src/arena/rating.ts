import { ELO_SCALE, type Estimate, Z } from './statistics.js';

/** The iterations end when no rating changes by more than this, in units of a factor e in strength. */
const TOLERANCE = 1e-9;
const MAX_ITERATIONS = 200;

/**
 * Ratings of a pool by maximum likelihood in the model of Bradley & Terry (1952). A draw counts as half a win and half a
 * loss. The method is Newton's on the logarithms of the strengths, in steps of at most a factor e. `points[i][j]` are the
 * points that i made against j.
 *
 * Prior: each player has drawn one more game, against a player of rating 0. So ratings are finite for players that won or lost
 * every game, and comparable without games between two players. It moves other ratings by a few points.
 *
 * Ratings are relative to the mean of the pool, or to the player `anchor`. Intervals come from the Fisher information of
 * independent games. Pairs that share a deal vary less, so the intervals are a little wide.
 *
 * At a table of more than two `seats` a game has several results that share a seat. n of these are worth 3 / (seats + 1) · n
 * independent ones, because the places of two seats among three of equal strength correlate by a third.
 */
export function rate(points: readonly (readonly number[])[], anchor?: number, seats = 2): Estimate[] {
  const n = points.length;
  const worth = 3 / (seats + 1);
  const independent = points.map((row) => row.map((made) => worth * made));
  const ratings = new Float64Array(n);
  let covariance: Float64Array[] = [];
  let change = Infinity;
  for (let k = 0; k < MAX_ITERATIONS && change > TOLERANCE; k++) {
    const { gradient, information } = derivatives(independent, ratings);
    covariance = inverse(information);
    const step = covariance.map((row) => row.reduce((sum, c, j) => sum + c * gradient[j]!, 0));
    change = step.reduce((max, s) => Math.max(max, Math.abs(s)), 0);
    for (let i = 0; i < n; i++) ratings[i]! += step[i]! / Math.max(1, change);
  }
  const zero = Array.from({ length: n }, (_, j) => (anchor === undefined ? 1 / n : j === anchor ? 1 : 0));
  return Array.from({ length: n }, (_, i) => {
    const contrast = zero.map((weight, j) => (j === i ? 1 : 0) - weight);
    let mean = 0;
    let variance = 0;
    for (let j = 0; j < n; j++) {
      mean += contrast[j]! * ratings[j]!;
      for (let k = 0; k < n; k++) variance += contrast[j]! * contrast[k]! * covariance[j]![k]!;
    }
    const error = ELO_SCALE * Math.sqrt(Math.max(0, variance));
    mean *= ELO_SCALE;
    return { mean, error, low: mean - Z * error, high: mean + Z * error };
  });
}

/** The gradient of the log-likelihood at the ratings, and its negative curvature: the Fisher information. */
function derivatives(points: readonly (readonly number[])[], ratings: Float64Array) {
  const n = ratings.length;
  const gradient = new Float64Array(n);
  const information = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const draw = expected(ratings[i]!);
    gradient[i]! += 0.5 - draw;
    information[i]![i]! += draw * (1 - draw);
    for (let j = 0; j < i; j++) {
      const games = points[i]![j]! + points[j]![i]!;
      if (games === 0) continue;
      const score = expected(ratings[i]! - ratings[j]!);
      const surplus = points[i]![j]! - games * score;
      const weight = games * score * (1 - score);
      gradient[i]! += surplus;
      gradient[j]! -= surplus;
      information[i]![i]! += weight;
      information[j]![j]! += weight;
      information[i]![j]! -= weight;
      information[j]![i]! -= weight;
    }
  }
  return { gradient, information };
}

/** The expected score of a player whose strength is e^difference times the other's. */
function expected(difference: number): number {
  return 1 / (1 + Math.exp(-difference));
}

/** The inverse of a symmetric positive definite matrix, by Gauss and Jordan. */
function inverse(matrix: readonly Float64Array[]): Float64Array[] {
  const n = matrix.length;
  const rows = matrix.map((row, i) =>
    Float64Array.from({ length: 2 * n }, (_, j) => (j < n ? row[j]! : +(j - n === i))),
  );
  for (let i = 0; i < n; i++) {
    const pivot = rows[i]!;
    const scale = pivot[i]!;
    for (let j = 0; j < 2 * n; j++) pivot[j]! /= scale;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[i]!;
      for (let j = 0; j < 2 * n; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  return rows.map((row) => row.subarray(n));
}
