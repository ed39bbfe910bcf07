import { Random } from '../../game/random.js';
import { AzulGame } from '../../mcts/azul.js';
import { grownWeights, hasRoomFor } from '../../network/growth.js';
import { Network } from '../../network/network.js';
import { openEvaluator } from '../../network/onnxInference.js';
import type { Model } from '../../network/onnxModel.js';
import { ConfigError } from '../config/configError.js';
import { dropoutRate, networkShape } from '../config/networkShape.js';
import type { Config } from '../config/schema.js';
import { BatchSampler } from '../data/batchSampler.js';
import type { FinishedGame, ReplayBuffer } from '../data/replayBuffer.js';
import { type Executor, threadExecutor } from '../selfplay/executor.js';
import { type AzulStep, azulTask, type StepResult, type TrainingResult } from '../step/azulTask.js';
import { type CreateBackend, HALF_DEVICES } from '../step/backend.js';
import { onnxBackend } from '../step/onnxBackend.js';
import { restoreOptimizer, saveOptimizer } from '../step/optimizer.js';
import { Schedule } from '../step/schedule.js';
import { tensorflowBackend } from '../step/tensorflow/backend.js';
import { averageSteps, TrainingStep } from '../step/trainingStep.js';
import type { Checkpoint } from './checkpoints.js';
import { gameNumbers, selfPlaySettings } from './selfPlaySearch.js';

/** The parts that train a network on the games of a replay buffer. */
export interface Learner {
  config: Config;
  network: Network;
  sampler: BatchSampler;
  step: AzulStep;
  /** Schedule of the learning rate. The schedule plateau follows a metric: pass its values to `observe`. */
  schedule: Schedule;
  /**
   * Takes `n` training steps at the scheduled learning rate, each on a new batch. Returns null if the window holds too
   * few positions or if the signal aborts. Call `sampler.moveWindow` first: without a window this throws an error.
   */
  trainForSteps(
    n: number,
    signal?: AbortSignal,
    onStep?: (done: number, result: StepResult) => void,
  ): Promise<TrainingResult | null>;
  /** Frees the memory, and ends the worker threads if there are any. The buffer stays open. */
  close(): Promise<void>;
}

/** The fields of a checkpoint that a learner changes. */
type LearnerState = Pick<
  Checkpoint,
  'network' | 'weights' | 'average' | 'optimizer' | 'schedule' | 'lossScale' | 'sampler' | 'replayFrom'
>;

/** Returns a copy of the state from which a learner continues exactly, on the same games. */
export function saveLearner({ network, step, sampler, schedule }: Learner): LearnerState {
  return {
    network,
    weights: step.weights.slice(),
    average: step.average?.weights.slice(),
    optimizer: saveOptimizer(step.optimizer),
    schedule: schedule.save(),
    lossScale: step.lossScale?.save(),
    sampler: sampler.save(),
    replayFrom: sampler.oldestGame,
  };
}

/**
 * Sets a learner to a saved state, on the same games. If the state has no average, the learner's average starts from
 * the weights.
 */
export function restoreLearner({ step, sampler, schedule }: Learner, state: LearnerState): void {
  step.weights.set(state.weights);
  step.average?.weights.set(state.average ?? state.weights);
  schedule.restore(state.schedule);
  if (state.lossScale) step.lossScale?.restore(state.lossScale);
  restoreOptimizer(step.optimizer, state.optimizer);
  sampler.restore(state.sampler);
}

/** Self-play games for `playGames`. */
export interface GamesToPlay {
  /** Iteration that the games belong to, counted from 1. */
  iteration: number;
  /** Numbers of the games. Default: all `selfPlay.gamesPerIteration` games of the iteration. */
  games?: readonly number[];
  /** Weights that play. Default: the playing weights of the training step. */
  weights?: Float32Array;
  /** Ends self-play. Games under way are lost. */
  signal?: AbortSignal;
  /** Called with each finished game, in any order. */
  onGame: (game: FinishedGame) => void;
  /**
   * Called with the name of a fleet's machine that sent false games. Removes the games of that machine and returns
   * their numbers; they are played again.
   */
  onRefused?: (worker: string) => readonly number[];
}

/** The parts of a training loop, made from one configuration. The trainer uses them, and your own loop can too. */
export interface TrainingComponents extends Learner {
  /** Executor that plays the games: worker threads, unless another one was given. */
  executor: Executor;
  /** Plays self-play games on the executor. The configuration sets the network, the search and the value targets. */
  playGames(games: GamesToPlay): Promise<void>;
}

function backendOf(training: Config['training']): CreateBackend {
  const { backend, device } = training;
  if (backend === 'tensorflow') return tensorflowBackend();
  return onnxBackend({ device, precision: lacksHalfPrecision(training) ? 'fp32' : training.precision });
}

/**
 * Returns a warning if a configuration asks for fp16, but its backend or device trains in fp32; undefined otherwise.
 */
export function precisionNotice(training: Config['training']): string | undefined {
  if (!lacksHalfPrecision(training)) return undefined;
  const place = training.backend === 'tensorflow' ? 'the backend tensorflow' : `the device ${training.device}`;
  return `training.precision: ${place} does not train in fp16; training continues in fp32`;
}

function lacksHalfPrecision({ backend, device, precision }: Config['training']): boolean {
  return precision === 'fp16' && (backend === 'tensorflow' || !HALF_DEVICES.includes(device));
}

/** Throws a DeviceError if a library or device that the configuration names is missing. */
export async function checkDevices({ players, selfPlay, training }: Config): Promise<void> {
  const network = new Network(players, { width: 2, blocks: 0 });
  const weights = network.initialWeights(0);
  await (await openEvaluator({ network, weights }, selfPlay)).close();
  await (await TrainingStep.create(azulTask(network, training), weights, training, backendOf(training))).close();
}

/** Starts as many worker threads on this machine as the configuration sets. */
function localExecutor({ selfPlay }: Config): Executor {
  if (selfPlay.workers === 0) {
    throw new ConfigError(
      'selfPlay.workers is 0, so this machine plays no games; raise it, or name a fleet with --fleet',
    );
  }
  return threadExecutor(selfPlay.workers);
}

/**
 * Creates the parts of a training loop on a replay buffer. The window is empty at first. The weights are random, or
 * those of the model `from`. The network of `from` may be smaller than the configured one. Closing the parts closes the
 * executor.
 */
export async function createTrainingComponents(
  config: Config,
  replay: ReplayBuffer,
  from?: Model,
  executor: Executor = localExecutor(config),
): Promise<TrainingComponents> {
  const learner = await createLearner(config, replay, from);
  return {
    ...learner,
    executor,
    async playGames({ iteration, games = gameNumbers(config, iteration), weights, ...rest }) {
      if (iteration < 1) throw new RangeError(`there is no iteration ${iteration}: count iterations from 1`);
      const { network, step } = learner;
      const settings = selfPlaySettings(config, iteration);
      weights ??= step.playingWeights;
      await executor.selfPlay({ ...settings, ...rest, network, weights, games });
    },
    async close() {
      await executor.close();
      await learner.close();
    },
  };
}

/** Creates only the parts that train, not those that play. */
export async function createLearner(config: Config, replay: ReplayBuffer, from?: Model): Promise<Learner> {
  const { training, players, seed } = config;
  const network = new Network(players, networkShape(config));
  const sampling = { ...config.training, ...config.replay, validationFraction: config.validation.fraction };
  const sampler = new BatchSampler(replay, new AzulGame(players), network, sampling, new Random(seed, 0x5a3));
  if (from && !hasRoomFor(network, from.network)) {
    throw new ConfigError(
      `the configured network is smaller than the model that the run starts from; set network to ${JSON.stringify(from.network.shape)} or more`,
    );
  }
  const weights = from ? grownWeights(network, from.network, from.weights, seed) : network.initialWeights(seed);
  const task = azulTask(network, training, { rate: dropoutRate(config), seed });
  const step = await TrainingStep.create(task, weights, training, backendOf(training));
  const schedule = new Schedule({ ...training, mode: config.monitor.mode });
  return {
    config,
    network,
    sampler,
    step,
    schedule,
    async trainForSteps(n, signal, onStep) {
      if (!sampler.hasWindow) {
        throw new Error('the sampler has no window to train on: call sampler.moveWindow(iteration, positions) first');
      }
      const started = performance.now();
      const results: StepResult[] = [];
      for (let i = 0; i < n; i++) {
        const batch = signal?.aborted ? null : sampler.sampleBatch();
        if (!batch) return null;
        const result = await step.run(batch, schedule.rate(step.optimizer.step));
        results.push(result);
        onStep?.(i + 1, result);
      }
      return { ...averageSteps(results), steps: n, seconds: (performance.now() - started) / 1000 };
    },
    close: () => step.close(),
  };
}
