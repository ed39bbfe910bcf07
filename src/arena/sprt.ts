import { estimateScore, scoreAt } from './statistics.js';

/** The two hypotheses of a test, and its error rates. */
export interface SprtOptions {
  /** The Elo difference of the null hypothesis, and of the alternative. */
  readonly elo0: number;
  readonly elo1: number;
  /** The probability of accepting `elo1` if `elo0` is true, and of the reverse; 0.05 by default. */
  readonly alpha?: number;
  readonly beta?: number;
}

/** The state of a test. */
export interface SprtState {
  /** The logarithm of the likelihood of `elo1` over that of `elo0`. */
  readonly ratio: number;
  /** The test ends when the ratio leaves these bounds: ln(β / (1 - α)) and ln((1 - β) / α). */
  readonly low: number;
  readonly high: number;
  readonly verdict: 'elo0' | 'elo1' | 'undecided';
}

/**
 * The sequential probability ratio test (Wald 1945) on pair scores, in the normal approximation of the generalised
 * test (Van den Bergh, "A practical introduction to the GSPRT"): with mean m and standard error e of the pairs, and the
 * scores s0 and s1 of the two Elo differences, ratio = (s1 - s0) (2m - s0 - s1) / 2e². It can be read after every pair.
 */
export function sprt(pairScores: readonly number[], { elo0, elo1, alpha = 0.05, beta = 0.05 }: SprtOptions): SprtState {
  if (!(elo1 > elo0)) throw new RangeError(`elo1 is ${elo1}, not more than elo0, ${elo0}`);
  for (const [name, chance] of Object.entries({ alpha, beta })) {
    if (!(chance > 0 && chance < 0.5)) throw new RangeError(`${name} is ${chance}, not between 0 and 0.5`);
  }
  const low = Math.log(beta / (1 - alpha));
  const high = Math.log((1 - beta) / alpha);
  const s0 = scoreAt(elo0);
  const s1 = scoreAt(elo1);
  const { mean, error } = estimateScore(pairScores);
  const ratio = pairScores.length === 0 ? 0 : ((s1 - s0) * (2 * mean - s0 - s1)) / (2 * error ** 2);
  return { ratio, low, high, verdict: ratio <= low ? 'elo0' : ratio >= high ? 'elo1' : 'undecided' };
}
