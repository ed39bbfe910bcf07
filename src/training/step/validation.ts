import type { BatchSampler } from '../data/batchSampler.js';
import { type AzulStep, type Measures, valueMetrics } from './azulTask.js';
import { concatenate, type GraphOutputs } from './backend.js';
import { expectedCalibrationError, type ReliabilityBin, reliabilityCurve } from './metrics/reliability.js';

/** Metrics of the network's predictions, over all measured positions. */
export interface ValidationResult extends Measures {
  /** Reliability curve of predicted results. Both axes are fractions of a win, (rank value + 1) / 2. */
  valueReliability: ReliabilityBin[];
  /** Expected calibration error of `valueReliability`, from 0 to 1. */
  valueCalibrationError: number;
}

/**
 * Measures the playing weights on at most `positions` positions of the sampler's window: on held-out positions, or on positions
 * that are trained on. Returns null if there are none. Only the step's gradients and outputs change.
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

/** Weighted means of numbers, by name. */
class WeightedMeans {
  private readonly sums = new Map<string, { sum: number; weight: number }>();

  add(name: string, value: number, weight: number): void {
    const { sum, weight: before } = this.sums.get(name) ?? { sum: 0, weight: 0 };
    this.sums.set(name, { sum: sum + value * weight, weight: before + weight });
  }

  /** The weighted mean of the numbers of a name; 0 if all weights are 0. */
  of(name: string): number {
    const { sum, weight } = this.sums.get(name)!;
    return sum / Math.max(1, weight);
  }

  all(): Record<string, number> {
    return Object.fromEntries([...this.sums.keys()].map((name) => [name, this.of(name)]));
  }
}
