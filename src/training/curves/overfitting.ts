/** Detects overfitting and underfitting in a history. This module runs in a browser too. */

import type { LearningMetrics, Recorded } from '../run/metrics.js';
import { gapOf } from '../run/scalars.js';
import type { ValidationResult } from '../step/validation.js';

/** The state of learning, between underfitting and overfitting. */
export type Fitness = 'well balanced' | 'underfitting' | 'moderate overfitting' | 'high overfitting';

/** Min gap of moderate overfitting, as a fraction of the held-out loss without the targets' entropy (`lossLeft`). */
const MODERATE = 0.1;
/** Min gap of high overfitting, as the same fraction. */
const HIGH = 0.3;
/** Min fall of the held-out loss that means underfitting, as the same fraction. */
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
 * Returns the state of learning at the end of a history; undefined before the second measurement. `policyWeight` is the
 * policy's weight in the loss.
 *
 * In self-play the lowest possible loss changes with the games. It changes equally for held-out and training games, so their
 * gap does not depend on it. A falling held-out loss shows that the network learns. A rising one shows nothing, because games
 * may have become harder to predict.
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

/** The loss without the entropy of the target policies; the whole loss in older histories, which lack `policyKl`. */
function lossLeft(
  { loss, policyLoss, policyKl = policyLoss }: Recorded<ValidationResult>,
  policyWeight: number,
): number {
  return loss - policyWeight * (policyLoss - policyKl);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
