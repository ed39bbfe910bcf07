/** Whether a network learns its games by heart, or still has much to learn from them. Runs in a browser. */
import type { LearningMetrics } from '../run/metrics.js';
import { gapOf } from '../run/scalars.js';

/** Where learning stands between too little and too much. */
export type Fitness = 'well balanced' | 'underfitting' | 'moderate overfitting' | 'high overfitting';

/** Gaps as fractions of the held-out loss, from which on overfitting is moderate and high. */
const MODERATE = 0.05;
const HIGH = 0.15;
/** Fall of the held-out loss, as a fraction of it, from which on the network still has much to learn. */
const STILL_FALLING = 0.02;
/** Maximum number of measurements that are averaged. */
const MOST = 20;

/** The rule of `fitnessOf`, in words. */
export const RULE =
  `Overfitting is moderate from a gap of ${100 * MODERATE} % of the held-out loss, and high from ${100 * HIGH} %. ` +
  `Below that, a held-out loss that has fallen by ${100 * STILL_FALLING} % or more means underfitting: train longer. ` +
  'Otherwise learning is well balanced. All numbers are means over the last quarter of the measurements, at most ' +
  `${MOST}; the fall is counted from the mean of as many before them. A rising held-out loss alone does not count, ` +
  'because games of self-play become harder to predict.';

/**
 * Returns where learning stands at the end of a history; undefined before the second measurement. In self-play the lowest
 * possible loss moves with the games. It moves for held-out and training games alike, so that their gap is free of it.
 * A falling loss proves that something is learned, however the lowest possible loss moves; a rising one proves nothing.
 */
export function fitnessOf(history: readonly Pick<LearningMetrics, 'validation' | 'seen'>[]): Fitness | undefined {
  const measured = history.filter(({ validation, seen }) => validation && seen);
  if (measured.length < 2) return undefined;
  const size = Math.min(MOST, Math.max(1, Math.floor(measured.length / 4)));
  const recent = measured.slice(-size);
  const before = measured.slice(-2 * size, -size);
  const heldOut = meanOf(recent.map(({ validation }) => validation!.loss));
  const gap = meanOf(recent.map((metrics) => gapOf(metrics)!.loss));
  if (gap >= HIGH * heldOut) return 'high overfitting';
  if (gap >= MODERATE * heldOut) return 'moderate overfitting';
  const fall = meanOf(before.map(({ validation }) => validation!.loss)) - heldOut;
  return fall >= STILL_FALLING * heldOut ? 'underfitting' : 'well balanced';
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
