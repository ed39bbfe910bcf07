/** A bin of similar predictions, with the mean of their outcomes. */
export interface ReliabilityBin {
  /** Bounds of the predictions in the bin: `from` ≤ prediction < `to`. The last bin includes 1. */
  from: number;
  to: number;
  /** Number of predictions. */
  count: number;
  /** Mean of the predictions; 0 in an empty bin. */
  predicted: number;
  /** Mean of the outcomes; 0 in an empty bin. */
  observed: number;
}

/**
 * The reliability curve of predicted probabilities (DeGroot & Fienberg 1983): the mean prediction and the mean outcome in each
 * of several bins of equal width. If a predictor is calibrated, 70 % of the predictions of 70 % are wins.
 *
 * @param predictions n probabilities in [0, 1]
 * @param outcomes n results in [0, 1]: 1 for a win, 0 for a loss, a value between them for a draw or a middle rank
 */
export function reliabilityCurve(
  predictions: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const curve = Array.from({ length: bins }, (_, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    count: 0,
    predicted: 0,
    observed: 0,
  }));
  for (let i = 0; i < predictions.length; i++) {
    const bin = curve[Math.max(0, Math.min(bins - 1, Math.floor(predictions[i]! * bins)))]!;
    bin.count++;
    bin.predicted += (predictions[i]! - bin.predicted) / bin.count;
    bin.observed += (outcomes[i]! - bin.observed) / bin.count;
  }
  return curve;
}

/**
 * The expected calibration error (Naeini et al. 2015): the mean over all predictions of |predicted - observed| of their bin.
 * 0 is calibrated, and 1 is the maximum. Even for a calibrated predictor it is above 0, and falls with n about as 1 / √n.
 */
export function expectedCalibrationError(curve: readonly ReliabilityBin[]): number {
  const total = curve.reduce((sum, { count }) => sum + count, 0);
  const weighted = curve.reduce(
    (sum, { count, predicted, observed }) => sum + count * Math.abs(predicted - observed),
    0,
  );
  return total === 0 ? 0 : weighted / total;
}
