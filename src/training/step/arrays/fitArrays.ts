import { Random } from '../../../game/random.js';
import { Graph, type Tensor } from '../../../network/graph.js';
import { type Parameter, sizeOf } from '../../../network/network.js';
import { encodeModel } from '../../../network/onnxModel.js';
import { createSession } from '../../../network/onnxSession.js';
import * as ort from '../../../network/ort.js';
import { UsageError } from '../../../usageError.js';
import { type CreateBackend, concatenate, type GraphOutputs } from '../backend.js';
import { EarlyStopping } from '../earlyStopping.js';
import { valueLosses } from '../losses.js';
import type { LossSpec } from '../lossRegistry.js';
import { accuracy } from '../metrics/classification.js';
import { rSquared } from '../metrics/regression.js';
import { Schedule, type ScheduleSettings } from '../schedule.js';
import { type Feed, type StepSettings, TrainingStep, type TrainingTask } from '../trainingStep.js';

import { CLASSIFICATION, checkExamples, type Examples, feedOf, pick, shuffled, split } from './examples.js';

/** Adds a linear layer with its own weight matrix and biases to the graph: [n, from] to [n, to]. */
export type AddLinear = (x: Tensor, from: number, to: number) => Tensor;

/** The network, the examples and the settings of a training. */
export interface FitArraysOptions extends Examples, Partial<Omit<StepSettings & ScheduleSettings, 'patience'>> {
  /**
   * Adds the network's operations to the graph and returns the outputs, [n, outputs]. The last call of `linear` must add the
   * last layer, whose width is the number of outputs. For `crossEntropy` the outputs are logits.
   */
  network: (graph: Graph, x: Tensor, linear: AddLinear) => Tensor;
  /** `crossEntropy` for classification, or a loss in `valueLosses` for regression. */
  loss: LossSpec;
  /** Max number of passes over the training examples. The default is 100. */
  epochs?: number;
  /** Examples per step. The default is 32. */
  batchSize?: number;
  /** Examples for validation, or the fraction that is held out at random. The default is 0.2. */
  validation?: Examples | number;
  /** Consecutive epochs without a lower validation loss after which training stops. The default is `epochs`. */
  patience?: number;
  /** Decrease that the validation loss must exceed to count as lower. The default is 0. */
  minDelta?: number;
  /** Seed of the initial weights, the split and the shuffling. The default is 1. */
  seed?: number;
  /** The backend, which computes losses and gradients. The default is ONNX Runtime on one thread. */
  backend?: CreateBackend;
  /** Called after each epoch. */
  onEpoch?: (epoch: number, history: FitHistory) => void;
}

/** Lists with one number per epoch. The metric is accuracy in classification and R² in regression. */
export interface FitHistory {
  trainLoss: number[];
  trainMetric: number[];
  validationLoss: number[];
  validationMetric: number[];
  /** Learning rate of the epoch's last step. */
  learningRates: number[];
  /** Mean norm of the gradient before clipping. */
  gradientNorms: number[];
  seconds: number[];
}

/** A trained network. */
export interface FittedNetwork {
  history: FitHistory;
  /** The epoch with the lowest validation loss, from 1. The network has the weights of this epoch. */
  bestEpoch: number;
  parameters: readonly Parameter[];
  /** Values of all parameters, one after the other. */
  weights: Float32Array;
  /** Returns n rows of outputs for n rows of inputs. */
  predict(inputs: readonly ArrayLike<number>[]): Promise<Float32Array[]>;
}

const DEFAULTS: StepSettings & ScheduleSettings = {
  optimizer: 'adamw',
  momentum: 0.9,
  beta2: 0.999,
  weightDecay: 1e-4,
  clipNorm: 1,
  microBatches: 1,
  averageDecay: 0,
  schedule: 'constant',
  learningRate: 0.01,
  finalLearningRate: 1e-4,
  warmUpSteps: 0,
  decaySteps: 1000,
  decayFactor: 0.5,
  cycleFactor: 2,
  patience: 10,
};

/**
 * Trains a network, which you write as a graph, on plain arrays, with shuffled batches, validation, learning rate schedule,
 * clipping, early stopping and history. Keeps the weights of the epoch with the lowest validation loss. Throws a UsageError if
 * the arrays do not fit, or if a name is unknown.
 */
export async function fitArrays(options: FitArraysOptions): Promise<FittedNetwork> {
  const { epochs = 100, batchSize = 32, validation = 0.2, patience = epochs, minDelta = 0, seed = 1 } = options;
  const settings = { ...DEFAULTS, ...options, patience: DEFAULTS.patience };
  const schedule = new Schedule(settings);
  const random = new Random(seed, 0xf17);
  const task = taskOf(options);
  checkExamples(options, task.width, task.columns, options.loss);
  if (typeof validation !== 'number') checkExamples(validation, task.width, task.columns, options.loss);
  const { training, held } =
    typeof validation === 'number' ? split(options, validation, random) : { training: options, held: validation };
  const heldFeed = feedOf(held, task.columns);
  const step = await TrainingStep.create(task, initialWeights(task.parameters, random), settings, options.backend);
  const stopping = new EarlyStopping({ patience, minDelta });
  const history = emptyHistory();
  let best = step.playingWeights;
  try {
    for (let epoch = 1; epoch <= epochs && !stopping.isOver(epoch - 1); epoch++) {
      const started = performance.now();
      const order = shuffled(training.inputs.length, random);
      const seen: GraphOutputs[] = [];
      let loss = 0;
      let gradientNorm = 0;
      let rate = 0;
      for (let from = 0; from < order.length; from += batchSize) {
        const feed = feedOf(pick(training, order.slice(from, from + batchSize)), task.columns);
        rate = schedule.rate(step.optimizer.step);
        const result = await step.run(feed, rate);
        seen.push({ prediction: step.outputs.prediction!, target: feed.inputs.target! });
        loss += (result.loss * feed.rows) / order.length;
        gradientNorm += (result.gradientNorm * feed.rows) / order.length;
      }
      const trained = step.weights.slice();
      step.weights.set(step.playingWeights);
      const { loss: heldLoss } = await step.computeGradients(heldFeed);
      step.weights.set(trained);
      const metric = options.loss === CLASSIFICATION ? accuracyOf(task.columns) : rSquared;
      const { prediction, target } = concatenate(seen);
      history.trainLoss.push(loss);
      history.trainMetric.push(metric(prediction!, target!));
      history.validationLoss.push(heldLoss);
      history.validationMetric.push(metric(step.outputs.prediction!, heldFeed.inputs.target!));
      history.learningRates.push(rate);
      history.gradientNorms.push(gradientNorm);
      history.seconds.push((performance.now() - started) / 1000);
      schedule.observe(heldLoss);
      if (stopping.observe(epoch, heldLoss)) best = step.playingWeights;
      options.onEpoch?.(epoch, history);
    }
  } finally {
    await step.close();
  }
  const predict = (inputs: readonly ArrayLike<number>[]) => predictions(options, task.parameters, best, inputs);
  return { history, bestEpoch: stopping.bestEpoch, parameters: task.parameters, weights: best, predict };
}

function accuracyOf(columns: number) {
  return (logits: Float32Array, targets: Float32Array) => accuracy(logits, targets, columns);
}

function emptyHistory(): FitHistory {
  return {
    trainLoss: [],
    trainMetric: [],
    validationLoss: [],
    validationMetric: [],
    learningRates: [],
    gradientNorms: [],
    seconds: [],
  };
}

/** The network's graph and the parameters of its layers. */
function forward(network: FitArraysOptions['network']) {
  const graph = new Graph();
  const parameters: Parameter[] = [];
  let start = 0;
  let columns = 0;
  const add = (name: string, ...dims: number[]) => {
    const size = dims.reduce((a, b) => a * b);
    parameters.push({ name, dims, start, size });
    start += size;
    return name;
  };
  const prediction = network(graph, 'x', (x, from, to) => {
    const layer = `layer${parameters.length / 2 + 1}`;
    columns = to;
    return graph.linear(x, add(`${layer}.weight`, from, to), add(`${layer}.bias`, to));
  });
  return { graph, parameters, columns, prediction };
}

/** The network and its loss, the mean over rows and outputs. */
function taskOf({
  network,
  loss,
  inputs,
}: FitArraysOptions): TrainingTask<Feed, { loss: number }> & { width: number; columns: number } {
  const { graph, parameters, columns, prediction } = forward(network);
  if (inputs.length === 0 || columns === 0)
    throw new UsageError('give at least one example, and a network with a layer');
  const width = inputs[0]!.length;
  const total = (losses: Tensor) => graph.sum(graph.scale(losses, 'rowWeight'));
  const lossOf = () => {
    if (loss !== CLASSIFICATION) {
      return graph.scale(total(valueLosses.get(loss)(graph, prediction, 'target')), graph.scalar(1 / columns));
    }
    return graph.scale(total(graph.rowDots(graph.logSoftmax(prediction), 'target')), graph.scalar(-1));
  };
  return {
    graph,
    parameters,
    width,
    columns,
    inputs: { x: ['batch', width], target: ['batch', columns], rowWeight: ['batch', 1] },
    scalars: { loss: lossOf() },
    outputs: { prediction: { tensor: prediction, columns } },
    weights: { loss: 1 },
    feed: (batch) => batch,
    measure: (_, scalars) => ({ loss: scalars.loss! }),
  };
}

/** Normal weights with variance 2 / inputs (He et al. 2015), and biases of 0. */
function initialWeights(parameters: readonly Parameter[], random: Random): Float32Array {
  const weights = new Float32Array(sizeOf(parameters));
  for (const { dims, start, size } of parameters) {
    if (dims.length === 1) continue;
    for (let i = start; i < start + size; i++) weights[i] = Math.sqrt(2 / dims[0]!) * random.normal();
  }
  return weights;
}

async function predictions(
  { network, inputs: examples }: FitArraysOptions,
  parameters: readonly Parameter[],
  weights: Float32Array,
  inputs: readonly ArrayLike<number>[],
): Promise<Float32Array[]> {
  const { graph, columns, prediction } = forward(network);
  for (const { name, dims, start, size } of parameters)
    graph.constants.set(name, { dims, data: weights.slice(start, start + size) });
  const width = examples[0]!.length;
  const session = await createSession(encodeModel(graph, { x: ['n', width] }, { [prediction]: ['n', columns] }));
  const x = Float32Array.from(inputs.flatMap((row) => Array.from(row)));
  const result = await session.run({ x: new ort.Tensor('float32', x, [inputs.length, width]) });
  await session.release();
  const values = result[prediction]!.data as Float32Array;
  return inputs.map((_, row) => values.slice(row * columns, (row + 1) * columns));
}
