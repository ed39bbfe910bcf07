import * as ort from 'onnxruntime-node';
import { AdamW, type AdamWSettings } from './adamw.js';
import type { Batch } from './batch.js';
import { Graph } from './graph.js';
import { meanSquaredError, policyCrossEntropy } from './losses.js';
import type { Network } from './network.js';
import { type Dimension, encodeModel } from './onnxModel.js';

export interface LossSettings {
  policyWeight: number;
  valueWeight: number;
  marginWeight: number;
  /** Divides the logits in the policy loss. */
  policyTemperature: number;
}

/** What one training step, or the mean of several, measured. */
export interface StepResult {
  /** Weighted sum of the losses below. */
  loss: number;
  policyLoss: number;
  valueLoss: number;
  marginLoss: number;
  /** Norm of the gradients before clipping. */
  gradientNorm: number;
  /** Part of the target policies whose most probable action the network also puts first. */
  policyAccuracy: number;
  milliseconds: number;
}

const SCALARS = ['loss', 'policyLoss', 'valueLoss', 'marginLoss', 'policyAccuracy'] as const;

/**
 * One step of gradient descent: ONNX Runtime runs forward and backward passes as one graph, AdamW updates the weights.
 * Weights, gradients and optimizer state are flat arrays of `network.size` floats.
 */
export class TrainingStep {
  readonly gradients: Float32Array;
  readonly optimizer: AdamW;
  private readonly scalars = Object.fromEntries(SCALARS.map((name) => [name, new Float32Array(1)]));
  private readonly parameterFeeds: Record<string, ort.Tensor> = {};
  private readonly fetches: Record<string, ort.Tensor> = {};

  private constructor(
    readonly network: Network,
    readonly weights: Float32Array,
    private readonly session: ort.InferenceSession,
    settings: AdamWSettings,
  ) {
    this.gradients = new Float32Array(network.size);
    this.optimizer = new AdamW(network.parameters, settings);
    for (const { name, dims, start, size } of network.parameters) {
      this.parameterFeeds[name] = new ort.Tensor('float32', weights.subarray(start, start + size), dims);
      this.fetches[gradientOf(name)] = new ort.Tensor('float32', this.gradients.subarray(start, start + size), dims);
    }
    for (const name of SCALARS) this.fetches[name] = new ort.Tensor('float32', this.scalars[name]!, []);
  }

  /** Trains `weights` in place, with so many threads. */
  static async create(
    network: Network,
    weights: Float32Array,
    losses: LossSettings,
    optimizer: AdamWSettings,
    threads: number,
  ): Promise<TrainingStep> {
    const session = await ort.InferenceSession.create(trainingModel(network, losses), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return new TrainingStep(network, weights, session, optimizer);
  }

  /** Forward, backward, clip, update. */
  async run(batch: Batch, learningRate: number): Promise<StepResult> {
    const start = performance.now();
    await this.computeGradients(batch);
    const gradientNorm = this.optimizer.update(this.weights, this.gradients, learningRate);
    return { ...this.losses(), gradientNorm, milliseconds: performance.now() - start };
  }

  /** Forward and backward only: fills `gradients`. */
  async computeGradients(batch: Batch): Promise<void> {
    const { size } = batch;
    const { inputs, actions, players } = this.network;
    let policies = 0;
    for (let i = 0; i < size; i++) policies += batch.hasPolicy[i]!;
    const policyWeight = batch.hasPolicy.map((has) => (has > 0 ? has / policies : 0));
    await this.session.run(
      {
        ...this.parameterFeeds,
        inputs: new ort.Tensor('float32', batch.inputs, [size, inputs]),
        policyTarget: new ort.Tensor('float32', batch.policy, [size, actions]),
        mask: new ort.Tensor('float32', batch.mask, [size, actions]),
        policyRowWeight: new ort.Tensor('float32', policyWeight, [size, 1]),
        outcomeTarget: new ort.Tensor('float32', batch.outcome, [size, players]),
        marginTarget: new ort.Tensor('float32', batch.margin, [size, players]),
        rowWeight: new ort.Tensor('float32', new Float32Array(size).fill(1 / size), [size, 1]),
      },
      this.fetches,
    );
  }

  /** The losses of the last batch. */
  losses(): Omit<StepResult, 'gradientNorm' | 'milliseconds'> {
    const value = (name: (typeof SCALARS)[number]) => this.scalars[name]![0]!;
    return {
      loss: value('loss'),
      policyLoss: value('policyLoss'),
      valueLoss: value('valueLoss'),
      marginLoss: value('marginLoss'),
      policyAccuracy: value('policyAccuracy'),
    };
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/** Means over several steps. */
export function averageSteps(results: readonly StepResult[]): StepResult {
  const mean = (of: (result: StepResult) => number) => results.reduce((sum, r) => sum + of(r), 0) / results.length;
  return {
    loss: mean((r) => r.loss),
    policyLoss: mean((r) => r.policyLoss),
    valueLoss: mean((r) => r.valueLoss),
    marginLoss: mean((r) => r.marginLoss),
    gradientNorm: mean((r) => r.gradientNorm),
    policyAccuracy: mean((r) => r.policyAccuracy),
    milliseconds: mean((r) => r.milliseconds),
  };
}

function gradientOf(parameter: string): string {
  return `gradient.${parameter}`;
}

/** The graph of a training step: parameters and a batch in, losses and gradients out. */
function trainingModel(network: Network, settings: LossSettings): Uint8Array {
  const graph = new Graph();
  const heads = network.forward(graph, 'inputs');
  const policy = { target: 'policyTarget', mask: 'mask', weight: 'policyRowWeight' };
  const columns = network.players;
  const policyLoss = policyCrossEntropy(graph, heads.logits, policy, settings.policyTemperature);
  const valueLoss = meanSquaredError(graph, heads.value, { target: 'outcomeTarget', weight: 'rowWeight', columns });
  const marginLoss = meanSquaredError(graph, heads.margin, { target: 'marginTarget', weight: 'rowWeight', columns });
  const weighted = (loss: string, weight: number) => graph.scale(loss, graph.scalar(weight));
  const loss = graph.add(
    graph.add(weighted(policyLoss, settings.policyWeight), weighted(valueLoss, settings.valueWeight)),
    weighted(marginLoss, settings.marginWeight),
  );

  const parameters = network.parameters.map(({ name }) => name);
  graph.gradients(loss, parameters).forEach((gradient, i) => {
    graph.name(gradient, gradientOf(parameters[i]!));
  });
  graph.name(loss, 'loss');
  graph.name(policyLoss, 'policyLoss');
  graph.name(valueLoss, 'valueLoss');
  graph.name(marginLoss, 'marginLoss');
  const chosen = graph.op('ArgMax', [graph.op('Add', [heads.logits, 'mask'])], { axis: 1, keepdims: 1 });
  const right = graph.op('Equal', [chosen, graph.op('ArgMax', ['policyTarget'], { axis: 1, keepdims: 1 })]);
  const hits = graph.op('Mul', [graph.op('Cast', [right], { to: 1 }), 'policyRowWeight']);
  graph.op('ReduceSum', [hits], { keepdims: 0 }, 'policyAccuracy');

  const { inputs, actions, players } = network;
  const shapes: Record<string, readonly Dimension[]> = {
    inputs: ['batch', inputs],
    policyTarget: ['batch', actions],
    mask: ['batch', actions],
    policyRowWeight: ['batch', 1],
    outcomeTarget: ['batch', players],
    marginTarget: ['batch', players],
    rowWeight: ['batch', 1],
  };
  const outputs: Record<string, readonly Dimension[]> = Object.fromEntries(SCALARS.map((name) => [name, []]));
  for (const { name, dims } of network.parameters) {
    shapes[name] = dims;
    outputs[gradientOf(name)] = dims;
  }
  return encodeModel(graph, shapes, outputs);
}
