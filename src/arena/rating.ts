import { ELO_SCALE, type Estimate, Z } from './statistics.js';

/** The iterations end when no strength changes by more than this factor less one. */
const TOLERANCE = 1e-9;
const MAX_ITERATIONS = 100_000;

/**
 * Ratings of a pool by maximum likelihood in the model of Bradley & Terry (1952), draws counted as half a win and half
 * a loss, found by Hunter's MM iterations (2004). `points[i][j]` are the points that i made against j.
 *
 * Prior: each player has drawn one more game, against a player of rating 0. It keeps the rating of one who won or
 * lost every game finite, and a pool of strangers comparable; it moves the others by a few points at most.
 *
 * Ratings are relative to the mean of the pool, or to the player `anchor`. Intervals come from the Fisher information of
 * the games, taken as independent: pairs that share a deal vary less than that, so the intervals are a little wide.
 */
export function rate(points: readonly (readonly number[])[], anchor?: number): Estimate[] {
  const n = points.length;
  const gamesOf = (i: number, j: number) => (i === j ? 0 : points[i]![j]! + points[j]![i]!);
  const won = points.map((row, i) => 0.5 + row.reduce((sum, p, j) => (j === i ? sum : sum + p), 0));
  const strength = new Float64Array(n).fill(1);
  let change = Infinity;
  for (let k = 0; k < MAX_ITERATIONS && change > TOLERANCE; k++) {
    change = 0;
    for (let i = 0; i < n; i++) {
      let expected = 1 / (strength[i]! + 1);
      for (let j = 0; j < n; j++) expected += gamesOf(i, j) / (strength[i]! + strength[j]!);
      const next = won[i]! / expected;
      change = Math.max(change, Math.abs(Math.log(next / strength[i]!)));
      strength[i] = next;
    }
  }

  const information = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    information[i]![i] = strength[i]! / (strength[i]! + 1) ** 2;
    for (let j = 0; j < n; j++) {
      const weight = (gamesOf(i, j) * strength[i]! * strength[j]!) / (strength[i]! + strength[j]!) ** 2;
      information[i]![i]! += weight;
      information[i]![j]! -= weight;
    }
  }
  const covariance = inverse(information);
  const zero = Array.from({ length: n }, (_, j) => (anchor === undefined ? 1 / n : j === anchor ? 1 : 0));
  return Array.from({ length: n }, (_, i) => {
    const contrast = zero.map((weight, j) => (j === i ? 1 : 0) - weight);
    let mean = 0;
    let variance = 0;
    for (let j = 0; j < n; j++) {
      mean += contrast[j]! * Math.log(strength[j]!);
      for (let k = 0; k < n; k++) variance += contrast[j]! * contrast[k]! * covariance[j]![k]!;
    }
    const error = ELO_SCALE * Math.sqrt(Math.max(0, variance));
    mean *= ELO_SCALE;
    return { mean, error, low: mean - Z * error, high: mean + Z * error };
  });
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
