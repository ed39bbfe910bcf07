/**
 * Surprise: how far a search moved the policy from what the network had said, as the Kullback–Leibler divergence of the
 * policy target from the prior, in nats. KataGo trains more often where it is large (“policy surprise weighting” in its
 * methods page).
 */

/** A prior that float32 rounds to 0 is taken for this. */
const SMALLEST = 1e-12;

/** Σ target · ln(target / prior) over the first `count` entries; 0 where both are the same. */
export function klDivergence(target: ArrayLike<number>, prior: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const t = target[i]!;
    if (t > 0) sum += t * Math.log(t / Math.max(prior[i]!, SMALLEST));
  }
  return Math.max(0, sum);
}

/**
 * How often to draw each position of a game, 1 on average: positions with a policy target share `part` of their draws in
 * proportion to their surprise and the rest evenly. Those without one, whose surprise is NaN, keep weight 1.
 */
export function surpriseWeights(surprise: ArrayLike<number>, part: number): Float64Array {
  const weights = new Float64Array(surprise.length).fill(1);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < surprise.length; i++) {
    if (Number.isNaN(surprise[i]!)) continue;
    sum += surprise[i]!;
    count++;
  }
  if (sum === 0) return weights;
  for (let i = 0; i < surprise.length; i++) {
    if (!Number.isNaN(surprise[i]!)) weights[i] = 1 - part + (part * surprise[i]! * count) / sum;
  }
  return weights;
}

/** How undecided a policy is over its first `count` entries: -Σ p · ln p, in nats. */
export function entropy(policy: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) if (policy[i]! > 0) sum -= policy[i]! * Math.log(policy[i]!);
  return sum;
}
