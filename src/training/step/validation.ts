import type { BatchSampler } from '../data/batchSampler.js';
import type { AzulStep, Measures } from './azulTask.js';

/** How well the network predicts games: means over positions. */
export type ValidationResult = Measures;

/**
 * Returns the losses and accuracy of the weights that play, over at most `positions` held-out positions of the sampler's
 * window, or as many of those that are trained on; null if there are none. Only the step's gradients change.
 */
export async function validate(
  step: AzulStep,
  sampler: BatchSampler,
  positions: number,
  games: 'heldOut' | 'training' = 'heldOut',
): Promise<ValidationResult | null> {
  const trained = step.weights.slice();
  step.weights.set(step.playingWeights);
  const all = new WeightedMeans();
  for (const batch of sampler.validationBatches(positions, games)) {
    const measures = await step.computeGradients(batch);
    // Positions without a full search have no target policy.
    const policies = batch.hasPolicy.reduce((a, b) => a + b);
    for (const [name, value] of Object.entries(measures)) {
      all.add(name, value, name.startsWith('policy') ? policies : batch.size);
    }
  }
  step.weights.set(trained);
  const means = all.means();
  const losses = Object.entries(step.task.weights).map(([name, weight]) => weight * means[name]!);
  return all.isEmpty ? null : ({ ...means, loss: losses.reduce((a, b) => a + b, 0) } as Measures);
}

/** Means of numbers by name, each with a weight. */
class WeightedMeans {
  private readonly sums = new Map<string, { sum: number; weight: number }>();

  get isEmpty(): boolean {
    return this.sums.size === 0;
  }

  add(name: string, value: number, weight: number): void {
    const { sum, weight: before } = this.sums.get(name) ?? { sum: 0, weight: 0 };
    this.sums.set(name, { sum: sum + value * weight, weight: before + weight });
  }

  /** The mean of each; 0 if nothing had a weight. */
  means(): Record<string, number> {
    return Object.fromEntries([...this.sums].map(([name, { sum, weight }]) => [name, sum / Math.max(1, weight)]));
  }
}
