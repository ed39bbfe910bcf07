/**
 * How far a search moved the policy from what the network had said: the Kullback–Leibler divergence of the policy target
 * from the prior, in nats. KataGo trains more often on positions where that is large (“policy surprise weighting” in its
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
