import type { Piscina } from 'piscina';
import { Random } from '../../game/random.js';
import { AzulGame } from '../../mcts/azul.js';
import { grownWeights, hasRoomFor } from '../../network/growth.js';
import { Network } from '../../network/network.js';
import { openEvaluator } from '../../network/onnxInference.js';
import type { Model } from '../../network/onnxModel.js';
import { createWorkers } from '../../players/workers.js';
import { BatchSampler } from '../data/batchSampler.js';
import type { ReplayBuffer } from '../data/replayBuffer.js';
import type { CreateBackend } from '../step/backend.js';
import { onnxBackend } from '../step/onnxBackend.js';
import { Schedule } from '../step/schedule.js';
import { tensorflowBackend } from '../step/tensorflow/backend.js';
import { averageSteps, type StepResult, TrainingStep } from '../step/trainingStep.js';
import { type Config, ConfigError, networkShape } from './config.js';

/** What trains a network on the games of a replay buffer. */
export interface Learner {
  config: Config;
  network: Network;
  sampler: BatchSampler;
  step: TrainingStep;
  /** The learning rate; tell it of losses (`observe`), for the schedule that heeds them. */
  schedule: Schedule;
  /**
   * Samples and trains so many times at the scheduled learning rate; the mean of the results, or null while the
   * window holds too few positions or if the signal ended it.
   */
  trainForSteps(
    n: number,
    signal?: AbortSignal,
    onStep?: (done: number, result: StepResult) => void,
  ): Promise<StepResult | null>;
  /** Frees what it holds, and ends the worker threads where it has some. The buffer stays open. */
  close(): Promise<void>;
}

/** The parts of a training loop, made from one configuration: the trainer's, or yours. */
export interface TrainingComponents extends Learner {
  /** Plays games on all workers; see `selfPlay`. */
  workers: Piscina;
}

function backendOf({ backend, device }: Config['training']): CreateBackend {
  return backend === 'tensorflow' ? tensorflowBackend() : onnxBackend({ device });
}

/** A DeviceError, before work is spent on it, where a library or device that the configuration asks for is missing. */
export async function checkDevices({ players, selfPlay, training }: Config): Promise<void> {
  const network = new Network(players, { width: 2, blocks: 0 });
  const weights = network.initialWeights(0);
  await (await openEvaluator({ network, weights }, selfPlay)).close();
  await (await TrainingStep.create(network, weights, training, backendOf(training))).close();
}

/** The start of a run on a replay buffer: an empty window, and fresh weights or those of a model that it has room for. */
export async function createTrainingComponents(
  config: Config,
  replay: ReplayBuffer,
  from?: Model,
): Promise<TrainingComponents> {
  const learner = await createLearner(config, replay, from);
  const workers = createWorkers(config.selfPlay.workers);
  const close = async () => {
    await workers.destroy();
    await learner.close();
  };
  return { ...learner, workers, close };
}

/** The same without what plays. */
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
  const step = await TrainingStep.create(network, weights, training, backendOf(training));
  const schedule = new Schedule(training);
  return {
    config,
    network,
    sampler,
    step,
    schedule,
    async trainForSteps(n, signal, onStep) {
      const results: StepResult[] = [];
      for (let i = 0; i < n; i++) {
        const batch = signal?.aborted ? null : sampler.sampleBatch();
        if (!batch) return null;
        const result = await step.run(batch, schedule.rate(step.optimizer.step));
        results.push(result);
        onStep?.(i + 1, result);
      }
      return averageSteps(results);
    },
    close: () => step.close(),
  };
}
