import type { BatchSampler } from '../data/batchSampler.js';
import type { StepResult, TrainingStep } from './trainingStep.js';

/** How well the network predicts games: means over positions. */
export type ValidationResult = Omit<StepResult, 'gradientNorm' | 'milliseconds'>;

/**
 * Returns the losses and accuracy of the weights that play, over at most `positions` held-out positions of the sampler's
 * window, or as many of those that are trained on; null if there are none. Only the step's gradients change.
 */
export async function validate(
  step: TrainingStep,
  sampler: BatchSampler,
  positions: number,
  games: 'heldOut' | 'training' = 'heldOut',
): Promise<ValidationResult | null> {
  const trained = step.weights.slice();
  step.weights.set(step.playingWeights);
  const sums = { policyLoss: 0, policyAccuracy: 0, valueLoss: 0, marginLoss: 0, ownershipLoss: 0 };
  let total = 0;
  let policies = 0;
  for (const batch of sampler.validationBatches(positions, games)) {
    await step.computeGradients(batch);
    const losses = step.losses();
    // Only positions that a full search has seen have a policy.
    const searched = batch.hasPolicy.reduce((a, b) => a + b);
    sums.policyLoss += losses.policyLoss * searched;
    sums.policyAccuracy += losses.policyAccuracy * searched;
    sums.valueLoss += losses.valueLoss * batch.size;
    sums.marginLoss += losses.marginLoss * batch.size;
    sums.ownershipLoss += losses.ownershipLoss * batch.size;
    total += batch.size;
    policies += searched;
  }
  step.weights.set(trained);
  if (total === 0) return null;
  const means = {
    policyLoss: sums.policyLoss / Math.max(1, policies),
    policyAccuracy: sums.policyAccuracy / Math.max(1, policies),
    valueLoss: sums.valueLoss / total,
    marginLoss: sums.marginLoss / total,
    ownershipLoss: sums.ownershipLoss / total,
  };
  return { ...means, loss: step.weightedLoss(means) };
}
