import type { StepResult, TrainingResult } from '../step/azulTask.js';
import { EarlyStopping, type EarlyStoppingSettings } from '../step/earlyStopping.js';
import { type ValidationResult, validate } from '../step/validation.js';
import type { Learner } from './components.js';

/** One pass over a fixed set of games, and what came of it. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  training: TrainingResult;
  validation: ValidationResult;
  /** Whether its held-out loss is lower than the best before by more than `minDelta`. */
  isBest: boolean;
}

/** How long to fit, and who is told. */
export interface FitOptions extends EarlyStoppingSettings {
  epochs: number;
  /** Ends it after the step at hand. */
  signal?: AbortSignal;
  /** Called after each training step with the number of those of its epoch so far. */
  onStep?: (done: number, result: StepResult) => void;
  /** Called after each epoch; the step's weights are those of its end. */
  onEpoch?: (epoch: Epoch) => void;
}

/** Training steps of an epoch: as many as draw so many positions once, on average. */
export function stepsPerEpoch(positions: number, batchSize: number): number {
  return Math.ceil(positions / batchSize);
}

/**
 * Trains on the sampler's window until the held-out loss no longer falls, the epochs are over or the signal aborts, and
 * leaves the weights of the best epoch in the step; undefined if there was none. The window has to have held-out games.
 */
export async function fit(learner: Learner, options: FitOptions): Promise<Epoch | undefined> {
  const { sampler, step, schedule, trainForSteps } = learner;
  const { epochs, signal, onStep, onEpoch } = options;
  const stopping = new EarlyStopping(options);
  const steps = stepsPerEpoch(sampler.positions, learner.config.training.batchSize);
  let best: Epoch | undefined;
  let bestWeights = step.playingWeights.slice();
  for (let epoch = 1; epoch <= epochs && !stopping.isOver(epoch - 1); epoch++) {
    const training = await trainForSteps(steps, signal, onStep);
    if (!training) break;
    const validation = (await validate(step, sampler, Number.POSITIVE_INFINITY))!;
    schedule.observe(validation.loss);
    const isBest = stopping.observe(epoch, validation.loss);
    const result = { epoch, training, validation, isBest };
    if (isBest) {
      best = result;
      bestWeights = step.playingWeights.slice();
    }
    onEpoch?.(result);
  }
  step.weights.set(bestWeights);
  step.average?.weights.set(bestWeights);
  return best;
}
