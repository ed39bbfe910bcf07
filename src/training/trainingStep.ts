import { AdamW, type AdamWSettings } from './adamw.js';
import type { Backend, TrainingGraph } from './backend.js';
import type { Batch } from './batch.js';
import { Graph } from './graph.js';
import { meanSquaredError, policyCrossEntropy } from './losses.js';
import type { Network } from './network.js';
import { onnxBackend } from './onnxBackend.js';

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

/**
 * One step of gradient descent: a backend runs forward and backward passes, AdamW updates the weights. Weights, gradients
 * and optimizer state are flat arrays of `network.size` floats.
 */
export class TrainingStep {
  readonly optimizer: AdamW;

  private constructor(
    readonly network: Network,
    readonly weights: Float32Array,
    readonly gradients: Float32Array,
    private readonly scalars: Record<string, Float32Array>,
    private readonly backend: Backend,
    settings: AdamWSettings,
  ) {
    this.optimizer = new AdamW(network.parameters, settings);
  }

  /** Trains `weights` in place; ONNX Runtime on one thread is the standard backend. */
  static async create(
    network: Network,
    weights: Float32Array,
    losses: LossSettings,
    optimizer: AdamWSettings,
    createBackend = onnxBackend(),
  ): Promise<TrainingStep> {
    const gradients = new Float32Array(network.size);
    const graph = trainingGraph(network, losses);
    const scalars = Object.fromEntries(Object.keys(graph.scalars).map((name) => [name, new Float32Array(1)]));
    const backend = await createBackend(graph, { weights, gradients, scalars });
    return new TrainingStep(network, weights, gradients, scalars, backend, optimizer);
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
    let policies = 0;
    for (let i = 0; i < size; i++) policies += batch.hasPolicy[i]!;
    await this.backend.run(size, {
      inputs: batch.inputs,
      policyTarget: batch.policy,
      mask: batch.mask,
      policyRowWeight: batch.hasPolicy.map((has) => (has > 0 ? has / policies : 0)),
      outcomeTarget: batch.outcome,
      marginTarget: batch.margin,
      rowWeight: new Float32Array(size).fill(1 / size),
    });
  }

  /** The losses of the last batch. */
  losses(): Omit<StepResult, 'gradientNorm' | 'milliseconds'> {
    const value = (name: string) => this.scalars[name]![0]!;
    return {
      loss: value('loss'),
      policyLoss: value('policyLoss'),
      valueLoss: value('valueLoss'),
      marginLoss: value('marginLoss'),
      policyAccuracy: value('policyAccuracy'),
    };
  }

  async close(): Promise<void> {
    await this.backend.close();
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

/** What is computed of a batch: losses, and how often the network agrees with the targets. */
function trainingGraph(network: Network, settings: LossSettings): TrainingGraph {
  const { inputs, actions, players, parameters } = network;
  const graph = new Graph();
  const heads = network.forward(graph, 'inputs');
  const columns = players;
  const policy = { target: 'policyTarget', mask: 'mask', weight: 'policyRowWeight' };
  const policyLoss = policyCrossEntropy(graph, heads.logits, policy, settings.policyTemperature);
  const valueLoss = meanSquaredError(graph, heads.value, { target: 'outcomeTarget', weight: 'rowWeight', columns });
  const marginLoss = meanSquaredError(graph, heads.margin, { target: 'marginTarget', weight: 'rowWeight', columns });
  const weighted = (loss: string, weight: number) => graph.scale(loss, graph.scalar(weight));
  const loss = graph.add(
    graph.add(weighted(policyLoss, settings.policyWeight), weighted(valueLoss, settings.valueWeight)),
    weighted(marginLoss, settings.marginWeight),
  );

  const chosen = graph.op('ArgMax', [graph.op('Add', [heads.logits, 'mask'])], { axis: 1, keepdims: 1 });
  const right = graph.op('Equal', [chosen, graph.op('ArgMax', ['policyTarget'], { axis: 1, keepdims: 1 })]);
  const hits = graph.op('Mul', [graph.op('Cast', [right], { to: 1 }), 'policyRowWeight']);
  const policyAccuracy = graph.op('ReduceSum', [hits], { keepdims: 0 });
  return {
    graph,
    parameters,
    inputs: {
      inputs: ['batch', inputs],
      policyTarget: ['batch', actions],
      mask: ['batch', actions],
      policyRowWeight: ['batch', 1],
      outcomeTarget: ['batch', players],
      marginTarget: ['batch', players],
      rowWeight: ['batch', 1],
    },
    scalars: { loss, policyLoss, valueLoss, marginLoss, policyAccuracy },
  };
}
