/** Metrics of regression. All functions take predictions and targets, two arrays of equal length n > 0. */

/** Default of ε, the min absolute value of a target in `meanAbsolutePercentageError`. */
export const MAPE_EPSILON = 0.1;

/** The numbers of `regressionMetrics`. */
export interface RegressionMetrics {
  /** Root of the mean squared error, in the unit of the targets. */
  rmse: number;
  /** Mean absolute error, in the unit of the targets. */
  mae: number;
  /** Mean absolute error as a fraction of the target. */
  mape: number;
  /** Fraction of the targets' variance that the predictions explain, at most 1. */
  r2: number;
}

/** Mean of (prediction - target)². */
export function meanSquaredError(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return meanOf(predictions, targets, (error) => error * error);
}

/** Root of the mean squared error. */
export function rootMeanSquaredError(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return Math.sqrt(meanSquaredError(predictions, targets));
}

/** Mean of |prediction - target|. */
export function meanAbsoluteError(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  return meanOf(predictions, targets, Math.abs);
}

/** Mean of |prediction - target| / max(|target|, ε), a fraction: 0.25 is 25 %. */
export function meanAbsolutePercentageError(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  epsilon = MAPE_EPSILON,
): number {
  return meanOf(predictions, targets, (error, target) => Math.abs(error) / Math.max(Math.abs(target), epsilon));
}

/**
 * R², the coefficient of determination: 1 - Σ(prediction - target)² / Σ(target - mean)². 1 is perfect, and 0 is as good as
 * the mean of the targets. There is no minimum. If all targets are equal, it is 1 for perfect predictions and 0 for others, as
 * in scikit-learn.
 */
export function rSquared(predictions: ArrayLike<number>, targets: ArrayLike<number>): number {
  const mean = meanOf(predictions, targets, (_, target) => target);
  const variance = meanOf(predictions, targets, (_, target) => (target - mean) ** 2);
  const error = meanSquaredError(predictions, targets);
  if (variance > 0) return 1 - error / variance;
  return error === 0 ? 1 : 0;
}

/** Computes all metrics of `RegressionMetrics`. */
export function regressionMetrics(predictions: ArrayLike<number>, targets: ArrayLike<number>): RegressionMetrics {
  return {
    rmse: rootMeanSquaredError(predictions, targets),
    mae: meanAbsoluteError(predictions, targets),
    mape: meanAbsolutePercentageError(predictions, targets),
    r2: rSquared(predictions, targets),
  };
}

function meanOf(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  of: (error: number, target: number) => number,
): number {
  const n = predictions.length;
  if (n !== targets.length) throw new RangeError(`${n} predictions do not match ${targets.length} targets`);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += of(predictions[i]! - targets[i]!, targets[i]!);
  return sum / n;
}
