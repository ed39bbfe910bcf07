import { ConfigError } from '../config/configError.js';
import type { StepResult } from '../step/azulTask.js';
import { EarlyStopping, type EarlyStoppingSettings } from '../step/earlyStopping.js';
import { validate } from '../step/validation.js';
import { type CheckpointManager, playingWeights } from './checkpoints.js';
import { type Learner, restoreLearner, saveLearner } from './components.js';
import type { Epoch } from './metrics.js';
import { readerOf } from './scalars.js';

/** How long to fit, what is saved, and what is called meanwhile. */
export interface FitOptions extends EarlyStoppingSettings {
  epochs: number;
  /** Where each epoch is saved. A fit that finds a checkpoint here goes on from it, with the same bits. */
  checkpoints?: CheckpointManager;
  /** Ends it after the step at hand; the epoch at hand is lost. */
  signal?: AbortSignal;
  /** Called once, with the epochs that were found among the checkpoints. */
  onStart?: (epochs: readonly Epoch[]) => void;
  /** Called after each training step with the number of steps of its epoch so far. */
  onStep?: (done: number, result: StepResult) => void;
  /** Called after each epoch, once it is saved; the step's weights are those of its end. */
  onEpoch?: (epoch: Epoch) => void;
  /** Called if a damaged checkpoint was passed over, or an old one could not be removed. */
  onWarning?: (message: string) => void;
}

/** Training steps of an epoch: as many as draw each position once, on average. */
export function stepsPerEpoch(positions: number, batchSize: number): number {
  return Math.ceil(positions / batchSize);
}

/**
 * Trains on the sampler's window until `monitor.metric`, by default the held-out loss, no longer improves, the epochs are
 * over or the signal aborts, and leaves the weights of the best epoch in the step. Returns the best epoch; undefined if there was none. The window has to
 * have held-out games.
 */
export async function fit(learner: Learner, options: FitOptions): Promise<Epoch | undefined> {
  const { sampler, step, schedule, trainForSteps } = learner;
  const { epochs, checkpoints, signal, onStep, onEpoch, onWarning = () => {} } = options;
  const { metric, mode } = learner.config.monitor;
  const stopping = new EarlyStopping({ mode, ...options });
  const steps = stepsPerEpoch(sampler.positions, learner.config.training.batchSize);
  const saved = checkpoints?.latest(onWarning);
  const done: Epoch[] = [...(saved?.epochs ?? [])];
  for (const epoch of done) stopping.observe(epoch.epoch, watchedIn(epoch, metric));
  if (saved) restoreLearner(learner, saved);
  let bestWeights = step.playingWeights;
  if (saved && stopping.bestEpoch !== saved.iteration)
    bestWeights = playingWeights(checkpoints!.load(stopping.bestEpoch));
  options.onStart?.(done);
  for (let epoch = done.length + 1; epoch <= epochs && !stopping.isOver(epoch - 1); epoch++) {
    const started = performance.now();
    const training = await trainForSteps(steps, signal, onStep);
    if (!training) break;
    const learningRate = schedule.rate(step.optimizer.step - 1);
    const validation = (await validate(step, sampler, Number.POSITIVE_INFINITY))!;
    const seen = (await validate(step, sampler, sampler.heldOutPositions, 'training'))!;
    const seconds = (performance.now() - started) / 1000;
    const elapsed = (done.at(-1)?.elapsed ?? 0) + seconds;
    const measured = {
      epoch,
      elapsed,
      step: step.optimizer.step,
      learningRate,
      training,
      validation,
      seen,
      seconds,
    };
    const value = watchedIn(measured, metric);
    schedule.observe(value);
    const isBest = stopping.observe(epoch, value);
    if (isBest) bestWeights = step.playingWeights;
    const result = { ...measured, isBest };
    done.push(result);
    checkpoints?.save(
      {
        iteration: epoch,
        ...saveLearner(learner),
        needs: [stopping.bestEpoch],
        config: learner.config,
        statistics: undefined,
        epochs: done,
      },
      { onWarning },
    );
    onEpoch?.(result);
  }
  step.weights.set(bestWeights);
  step.average?.weights.set(bestWeights);
  return done[stopping.bestEpoch - 1];
}

/** The number of an epoch that is watched. */
function watchedIn({ epoch, ...measured }: Omit<Epoch, 'isBest'>, metric: string): number {
  const value = readerOf(metric)({ iteration: epoch, ...measured });
  if (value !== undefined) return value;
  throw new ConfigError(`monitor.metric: an epoch has no number ${metric}; name one such as validation.loss`);
}
