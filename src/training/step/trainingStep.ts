import type { Network } from '../../network/network.js';
import { densePolicies, type TrainingBatch } from '../data/batch.js';
import type { Backend } from './backend.js';
import type { LossSettings } from './losses.js';
import { onnxBackend } from './onnxBackend.js';
import { clipByGlobalNorm, type Optimizer, type OptimizerSettings } from './optimizer.js';
import { createOptimizer } from './optimizers.js';
import { trainingGraph } from './trainingGraph.js';
import { WeightAverage } from './weightAverage.js';

/** Everything that a training step needs beside network and batch. */
export interface StepSettings extends LossSettings, OptimizerSettings {
  /** Gradients with a greater norm over all parameters are scaled down to it. */
  clipNorm: number;
  /** Parts that a batch is computed in, one after the other, at less memory; their gradients add up to the batch's. */
  microBatches: number;
  /** Decay of the weights' moving average, which plays in their place; 0: none. */
  averageDecay: number;
}

/** What one training step, or the mean of several, measured. */
export interface StepResult {
  /** Weighted sum of the losses below. */
  loss: number;
  policyLoss: number;
  valueLoss: number;
  marginLoss: number;
  ownershipLoss: number;
  /** Norm of the gradients before clipping. */
  gradientNorm: number;
  /** Part of the target policies whose most probable action the network also puts first. */
  policyAccuracy: number;
  milliseconds: number;
}

/** Means over several training steps, with their number and time. */
export interface TrainingResult extends StepResult {
  steps: number;
  seconds: number;
}

/**
 * One step of gradient descent: a backend runs forward and backward passes, an optimizer updates the weights. Weights,
 * gradients and optimizer state are flat arrays of `network.size` floats.
 */
export class TrainingStep {
  readonly average: WeightAverage | undefined;
  /** Sums over micro-batches, where there are several. */
  private readonly sums: Float32Array | undefined;

  private constructor(
    readonly network: Network,
    readonly optimizer: Optimizer,
    private readonly scalars: Record<string, Float32Array>,
    private readonly backend: Backend,
    private readonly settings: StepSettings,
  ) {
    if (settings.averageDecay > 0) this.average = new WeightAverage(optimizer, settings.averageDecay);
    if (settings.microBatches > 1) this.sums = new Float32Array(network.size);
  }

  /** Starts from a copy of `weights`; ONNX Runtime on one thread is the standard backend. */
  static async create(
    network: Network,
    weights: Float32Array,
    settings: StepSettings,
    createBackend = onnxBackend(),
  ): Promise<TrainingStep> {
    const optimizer = createOptimizer(network.parameters, settings);
    optimizer.weights.set(weights);
    const graph = trainingGraph(network, settings);
    const scalars = Object.fromEntries(Object.keys(graph.scalars).map((name) => [name, new Float32Array(1)]));
    const backend = await createBackend(graph, { weights: optimizer.weights, gradients: optimizer.gradients, scalars });
    return new TrainingStep(network, optimizer, scalars, backend, settings);
  }

  /** As they are trained: changed in place by each step. */
  get weights(): Float32Array {
    return this.optimizer.weights;
  }

  /** Of the last batch, clipped if it was a whole step. */
  get gradients(): Float32Array {
    return this.optimizer.gradients;
  }

  /** A copy of the weights to play with: of their average if there is one. */
  get playingWeights(): Float32Array {
    return (this.average?.weights ?? this.weights).slice();
  }

  /** Forward, backward, clip, update. */
  async run(batch: TrainingBatch, learningRate: number): Promise<StepResult> {
    const start = performance.now();
    await this.computeGradients(batch);
    const gradientNorm = clipByGlobalNorm(this.optimizer, this.settings.clipNorm);
    this.optimizer.update(learningRate);
    this.average?.update();
    return { ...this.losses(), gradientNorm, milliseconds: performance.now() - start };
  }

  /** Forward and backward only: fills `gradients`. */
  async computeGradients(batch: TrainingBatch): Promise<void> {
    const { size, policy } = batch;
    let policies = 0;
    for (let i = 0; i < size; i++) policies += batch.hasPolicy[i]!;
    const inputs = {
      inputs: batch.inputs,
      takeCounts: this.network.takeCounts(batch.inputs, size),
      policyTarget: policy instanceof Float32Array ? policy : densePolicies(policy, this.network.actions),
      mask: batch.mask,
      policyRowWeight: batch.hasPolicy.map((has) => (has > 0 ? has / policies : 0)),
      outcomeTarget: batch.outcome,
      marginTarget: batch.margin,
      ownershipTarget: batch.ownership,
      rowWeight: new Float32Array(size).fill(1 / size),
    };
    if (this.sums) await this.accumulate(size, inputs, this.sums);
    else await this.backend.run(size, inputs);
  }

  /** Runs a batch part by part. Rows weigh what they weigh in the whole batch, so the parts' results add up to its own. */
  private async accumulate(size: number, inputs: Record<string, Float32Array>, sums: Float32Array): Promise<void> {
    const parts = Math.min(this.settings.microBatches, size);
    const totals = Object.fromEntries(Object.keys(this.scalars).map((name) => [name, 0]));
    sums.fill(0);
    for (let part = 0; part < parts; part++) {
      const from = Math.floor((size * part) / parts);
      const to = Math.floor((size * (part + 1)) / parts);
      const rows = Object.entries(inputs).map(([name, values]) => {
        const columns = values.length / size;
        return [name, values.subarray(from * columns, to * columns)];
      });
      await this.backend.run(to - from, Object.fromEntries(rows));
      for (let i = 0; i < sums.length; i++) sums[i]! += this.gradients[i]!;
      for (const [name, scalar] of Object.entries(this.scalars)) totals[name]! += scalar[0]!;
    }
    this.gradients.set(sums);
    for (const [name, scalar] of Object.entries(this.scalars)) scalar[0] = totals[name]!;
  }

  /** The losses of the last batch. */
  losses(): Omit<StepResult, 'gradientNorm' | 'milliseconds'> {
    const value = (name: string) => this.scalars[name]![0]!;
    return {
      loss: value('loss'),
      policyLoss: value('policyLoss'),
      valueLoss: value('valueLoss'),
      marginLoss: value('marginLoss'),
      ownershipLoss: value('ownershipLoss'),
      policyAccuracy: value('policyAccuracy'),
    };
  }

  /** The loss that losses come to with the settings' weights. */
  weightedLoss(losses: Pick<StepResult, 'policyLoss' | 'valueLoss' | 'marginLoss' | 'ownershipLoss'>): number {
    const { policyWeight, valueWeight, marginWeight, ownershipWeight } = this.settings;
    return (
      policyWeight * losses.policyLoss +
      valueWeight * losses.valueLoss +
      marginWeight * losses.marginLoss +
      ownershipWeight * losses.ownershipLoss
    );
  }

  /** Frees what the backend holds. */
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
    ownershipLoss: mean((r) => r.ownershipLoss),
    gradientNorm: mean((r) => r.gradientNorm),
    policyAccuracy: mean((r) => r.policyAccuracy),
    milliseconds: mean((r) => r.milliseconds),
  };
}
