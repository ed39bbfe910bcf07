export interface LearningRateSettings {
  learningRate: number;
  finalLearningRate: number;
  warmUpSteps: number;
  decaySteps: number;
}

/** The learning rate of the step after so many: linear warm-up, then a half cosine (Loshchilov & Hutter 2017), then its end. */
export function learningRate(settings: LearningRateSettings, step: number): number {
  const { learningRate: peak, finalLearningRate: final, warmUpSteps, decaySteps } = settings;
  if (step < warmUpSteps) return (peak * (step + 1)) / warmUpSteps;
  const progress = Math.min(1, (step - warmUpSteps) / decaySteps);
  return final + ((peak - final) * (1 + Math.cos(Math.PI * progress))) / 2;
}
