/** Predictions of about one size, and what came of them. */
export interface ReliabilityBin {
  /** Bounds of the predictions in the bin: `from` ≤ prediction < `to`; the last bin includes 1. */
  from: number;
  to: number;
  /** Number of predictions. */
  count: number;
  /** Mean of the predictions and mean of the outcomes; 0 in an empty bin. */
  predicted: number;
  observed: number;
}

/**
 * The reliability curve of predicted probabilities (DeGroot & Fienberg 1983): in bins of equal width, the mean prediction
 * against the mean outcome. A calibrated predictor that says 70 % wins 70 %.
 *
 * @param predictions n probabilities in [0, 1]
 * @param outcomes n results in [0, 1]: 1 won, 0 lost, between them a draw or a middle rank
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
 * The expected calibration error (Naeini et al. 2015): the mean over all predictions of |predicted - observed| of their
 * bin. 0 is calibrated, 1 the worst. It falls with n even for a calibrated predictor, by about 1 / √n.
 */
export function expectedCalibrationError(curve: readonly ReliabilityBin[]): number {
  const total = curve.reduce((sum, { count }) => sum + count, 0);
  const weighted = curve.reduce(
    (sum, { count, predicted, observed }) => sum + count * Math.abs(predicted - observed),
    0,
  );
  return total === 0 ? 0 : weighted / total;
}
