import type { BatchSampler } from '../data/batchSampler.js';
import { type AzulStep, type Measures, valueMetrics } from './azulTask.js';
import { concatenate, type GraphOutputs } from './backend.js';
import { expectedCalibrationError, type ReliabilityBin, reliabilityCurve } from './metrics/reliability.js';

/** How well the network predicts games, over all measured positions. */
export interface ValidationResult extends Measures {
  /** Predicted against actual results, both as the fraction of a win: (rank value + 1) / 2. */
  valueReliability: ReliabilityBin[];
  /** Expected calibration error of that curve, from 0 to 1. */
  valueCalibrationError: number;
}

/**
 * Measures the weights that play on at most `positions` held-out positions of the sampler's window, or on as many of those
 * that are trained on; null if there are none. Only the step's gradients and outputs change.
 */
export async function validate(
  step: AzulStep,
  sampler: BatchSampler,
  positions: number,
  games: 'heldOut' | 'training' = 'heldOut',
): Promise<ValidationResult | null> {
  const trained = step.weights.slice();
  step.weights.set(step.playingWeights);
  const means = new WeightedMeans();
  const seen: GraphOutputs[] = [];
  for (const batch of sampler.validationBatches(positions, games)) {
    const measures = await step.computeGradients(batch);
    // Positions without a full search have no target policy.
    const policies = batch.hasPolicy.reduce((a, b) => a + b);
    for (const [name, value] of Object.entries(measures)) {
      means.add(name, value, name.startsWith('policy') ? policies : batch.size);
    }
    const { value, margin } = step.outputs;
    const targets = {
      outcome: batch.outcome.slice(),
      marginTarget: batch.margin.slice(),
      finalRank: batch.finalRank.slice(),
    };
    seen.push({ value: value!, margin: margin!, ...targets });
  }
  step.weights.set(trained);
  if (seen.length === 0) return null;
  const all = concatenate(seen);
  const losses = Object.entries(step.task.weights).map(([name, weight]) => weight * means.of(name));
  const valueReliability = reliabilityCurve(winFraction(all.value!), winFraction(all.finalRank!));
  return {
    ...(means.all() as unknown as Measures),
    ...valueMetrics(all, { outcome: all.outcome!, margin: all.marginTarget! }),
    loss: losses.reduce((a, b) => a + b, 0),
    valueReliability,
    valueCalibrationError: expectedCalibrationError(valueReliability),
  };
}

/** Rank values, from -1 to 1, as fractions of a win. */
function winFraction(rankValues: Float32Array): Float32Array {
  return rankValues.map((value) => (value + 1) / 2);
}

/** Means of numbers by name, each with a weight. */
class WeightedMeans {
  private readonly sums = new Map<string, { sum: number; weight: number }>();

  add(name: string, value: number, weight: number): void {
    const { sum, weight: before } = this.sums.get(name) ?? { sum: 0, weight: 0 };
    this.sums.set(name, { sum: sum + value * weight, weight: before + weight });
  }

  /** The mean of the numbers of that name; 0 if none had a weight. */
  of(name: string): number {
    const { sum, weight } = this.sums.get(name)!;
    return sum / Math.max(1, weight);
  }

  all(): Record<string, number> {
    return Object.fromEntries([...this.sums.keys()].map((name) => [name, this.of(name)]));
  }
}
