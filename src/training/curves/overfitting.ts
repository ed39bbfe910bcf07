/** Whether a network learns its games by heart, or still has much to learn from them. Runs in a browser. */

import type { LearningMetrics, Recorded } from '../run/metrics.js';
import { gapOf } from '../run/scalars.js';
import type { ValidationResult } from '../step/validation.js';

/** Where learning stands between too little and too much. */
export type Fitness = 'well balanced' | 'underfitting' | 'moderate overfitting' | 'high overfitting';

/** Gaps as fractions of what is left of the held-out loss, from which on overfitting is moderate and high. */
const MODERATE = 0.1;
const HIGH = 0.3;
/** Fall of the held-out loss, as a fraction of what is left of it, from which on the network still has much to learn. */
const STILL_FALLING = 0.02;
/** Maximum number of measurements that are averaged. */
const MOST = 20;

/** The rule of `fitnessOf`, in words. */
export const RULE =
  `Overfitting is moderate from a gap of ${100 * MODERATE} % of the held-out loss, and high from ${100 * HIGH} %; the ` +
  'entropy of the target policies, which no network can avoid, does not count as loss here. Below that, a held-out loss ' +
  `that has fallen by ${100 * STILL_FALLING} % or more means underfitting: train longer. Otherwise learning is well ` +
  `balanced. All numbers are means over the last quarter of the measurements, at most ${MOST}; the fall is counted from ` +
  'the mean of as many before them. A rising held-out loss alone does not count, because games of self-play become ' +
  'harder to predict.';

/**
 * Returns where learning stands at the end of a history; undefined before the second measurement. In self-play the lowest
 * possible loss moves with the games. It moves for held-out and training games alike, so that their gap is free of it.
 * A falling loss proves that something is learned, however the lowest possible loss moves; a rising one proves nothing.
 * `policyWeight` is the policy's weight in the loss.
 */
export function fitnessOf(
  history: readonly Pick<LearningMetrics, 'validation' | 'seen'>[],
  policyWeight = 1,
): Fitness | undefined {
  const measured = history.filter(({ validation, seen }) => validation && seen);
  if (measured.length < 2) return undefined;
  const size = Math.min(MOST, Math.max(1, Math.floor(measured.length / 4)));
  const recent = measured.slice(-size);
  const before = measured.slice(-2 * size, -size);
  const left = ({ validation }: Pick<LearningMetrics, 'validation'>) => lossLeft(validation!, policyWeight);
  const heldOut = meanOf(recent.map(left));
  const gap = meanOf(recent.map((metrics) => gapOf(metrics)!.loss));
  if (gap >= HIGH * heldOut) return 'high overfitting';
  if (gap >= MODERATE * heldOut) return 'moderate overfitting';
  return meanOf(before.map(left)) - heldOut >= STILL_FALLING * heldOut ? 'underfitting' : 'well balanced';
}

/** The loss without the entropy of the target policies; histories of older versions don't know it, and get all. */
function lossLeft(
  { loss, policyLoss, policyKl = policyLoss }: Recorded<ValidationResult>,
  policyWeight: number,
): number {
  return loss - policyWeight * (policyLoss - policyKl);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
