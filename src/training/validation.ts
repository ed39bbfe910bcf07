import type { BatchSampler } from './batchSampler.js';
import type { StepResult, TrainingStep } from './trainingStep.js';

/** How well the network foretells games that it was not trained on: means over positions. */
export type ValidationResult = Omit<StepResult, 'gradientNorm' | 'milliseconds'>;

/**
 * Losses and accuracy of the weights that play, over up to so many held-out positions of the sampler's window; null if it
 * has none. Nothing but the step's gradients is changed.
 */
export async function validate(
  step: TrainingStep,
  sampler: BatchSampler,
  positions: number,
): Promise<ValidationResult | null> {
  const trained = step.weights.slice();
  step.weights.set(step.playingWeights);
  const sums: Record<string, number> = {};
  let total = 0;
  for (const batch of sampler.validationBatches(positions)) {
    await step.computeGradients(batch);
    total += batch.size;
    for (const [name, value] of Object.entries(step.losses())) sums[name] = (sums[name] ?? 0) + value * batch.size;
  }
  step.weights.set(trained);
  if (total === 0) return null;
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, sum / total]),
  ) as unknown as ValidationResult;
}
