import { type Backend, concatenate, type GraphOutputs, type TrainingGraph } from './backend.js';
import { LossScale } from './lossScale.js';
import { onnxBackend } from './onnxBackend.js';
import { clipByGlobalNorm, type Optimizer, type OptimizerSettings } from './optimizer.js';
import { createOptimizer } from './optimizers.js';
import { WeightAverage } from './weightAverage.js';

/** Settings of the update that a training step makes. */
export interface StepSettings extends OptimizerSettings {
  /** Maximum norm of the gradient over all parameters. A longer gradient is scaled down to this norm. */
  clipNorm: number;
  /** Number of slices in which a batch is computed, to save memory. Their gradients add up to that of the batch. */
  microBatches: number;
  /** Decay of the weights' moving average; 0: no average. */
  averageDecay: number;
}

/** A batch as inputs of a graph. */
export interface Feed {
  rows: number;
  /** Values of every input of the graph, row after row. */
  inputs: Readonly<Record<string, Float32Array>>;
}

/** A graph to train, with the conversion of a batch into its inputs and of its results into measures. */
export interface TrainingTask<Batch, Measures> extends TrainingGraph {
  /** Weight of each scalar in `loss`. */
  weights: Readonly<Record<string, number>>;
  /**
   * Converts a batch into the graph's inputs. The inputs must contain a weight for each row, and each loss must be the sum of
   * its weighted rows. The reason is that the losses of micro-batches, which are slices of the rows, are added up. For an
   * update, `step` is the number of updates before it, and the inputs may be random, for example with dropout. Otherwise `step`
   * is undefined.
   */
  feed(batch: Batch, step?: number): Feed;
  /** Returns the measures of a batch, from the graph's scalars and outputs. */
  measure(batch: Batch, scalars: Readonly<Record<string, number>>, outputs: GraphOutputs): Measures;
}

/** Measures of every training step, in addition to those of its task. */
export interface StepCost {
  /** Norm of the gradient before clipping; 0 for a skipped step. */
  gradientNorm: number;
  milliseconds: number;
  /** Factor of the loss (lossScale.ts); only in half precision. */
  lossScale?: number;
  /** 1 if the step was skipped because its gradient overflowed, 0 if not; only in half precision. */
  skipped?: number;
}

/**
 * Gradient descent on any graph, one step per call of `run`. A backend runs the forward and backward passes, and an optimizer
 * updates the weights. Weights, gradients and optimizer state are flat arrays with one float for each parameter value.
 */
export class TrainingStep<Batch, Measures extends object> {
  /** Moving average of the weights; undefined if `averageDecay` is 0. */
  readonly average: WeightAverage | undefined;
  /** Outputs of the graph for the last batch. */
  outputs: GraphOutputs = {};
  /** Sums of gradients over micro-batches, if there are several. */
  private readonly sums: Float32Array | undefined;
  /** Factor of the loss, if the backend computes in half precision. */
  readonly lossScale: LossScale | undefined;

  private constructor(
    readonly task: TrainingTask<Batch, Measures>,
    readonly optimizer: Optimizer,
    private readonly scalars: Record<string, Float32Array>,
    private readonly backend: Backend,
    private readonly settings: StepSettings,
    lossScale: Float32Array,
  ) {
    if (backend.precision === 'fp16') this.lossScale = new LossScale(lossScale);
    if (settings.averageDecay > 0) this.average = new WeightAverage(optimizer, settings.averageDecay);
    if (settings.microBatches > 1) this.sums = new Float32Array(optimizer.weights.length);
  }

  /** Creates a training step with a copy of `weights`. The default backend is ONNX Runtime on one thread. */
  static async create<Batch, Measures extends object>(
    task: TrainingTask<Batch, Measures>,
    weights: Float32Array,
    settings: StepSettings,
    createBackend = onnxBackend(),
  ): Promise<TrainingStep<Batch, Measures>> {
    const optimizer = createOptimizer(task.parameters, settings);
    optimizer.weights.set(weights);
    const scalars = Object.fromEntries(Object.keys(task.scalars).map((name) => [name, new Float32Array(1)]));
    const lossScale = Float32Array.of(1);
    const { weights: trained, gradients } = optimizer;
    const backend = await createBackend(task, { weights: trained, gradients, scalars, lossScale });
    return new TrainingStep(task, optimizer, scalars, backend, settings, lossScale);
  }

  /** The trained weights. Each step changes them in place. */
  get weights(): Float32Array {
    return this.optimizer.weights;
  }

  /** Gradients of the last batch, clipped if `run` computed them. */
  get gradients(): Float32Array {
    return this.optimizer.gradients;
  }

  /** A copy of the weights for play: the average if there is one, or else the trained weights. */
  get playingWeights(): Float32Array {
    return (this.average?.weights ?? this.weights).slice();
  }

  /** Makes one step: computes gradients, clips them and updates the weights. Throws if the gradient is not finite. */
  async run(batch: Batch, learningRate: number): Promise<Measures & StepCost> {
    const start = performance.now();
    const measures = await this.computeGradients(batch, this.optimizer.step);
    const cost = this.lossScale && { lossScale: this.lossScale.factor, skipped: 0 };
    if (this.lossScale?.observe(this.optimizer.squares())) {
      return { ...measures, gradientNorm: 0, milliseconds: performance.now() - start, ...cost, skipped: 1 };
    }
    const gradientNorm = clipByGlobalNorm(this.optimizer, this.settings.clipNorm);
    this.optimizer.update(learningRate);
    this.average?.update();
    return { ...measures, gradientNorm, milliseconds: performance.now() - start, ...cost };
  }

  /**
   * Fills `gradients` without an update, and returns the task's measures of the batch. For a training step, `step` is the
   * number of updates before it. Without `step` there is no dropout.
   */
  async computeGradients(batch: Batch, step?: number): Promise<Measures> {
    const feed = this.task.feed(batch, step);
    this.outputs = this.sums ? await this.accumulate(feed, this.sums) : await this.backend.run(feed.rows, feed.inputs);
    const scalars = Object.fromEntries(Object.entries(this.scalars).map(([name, scalar]) => [name, scalar[0]!]));
    return this.task.measure(batch, scalars, this.outputs);
  }

  /** Runs a batch in slices. Rows keep their weights in the batch, so the slices' results add up to those of the batch. */
  private async accumulate({ rows, inputs }: Feed, sums: Float32Array): Promise<GraphOutputs> {
    const parts = Math.min(this.settings.microBatches, rows);
    const totals = Object.fromEntries(Object.keys(this.scalars).map((name) => [name, 0]));
    const outputs: GraphOutputs[] = [];
    sums.fill(0);
    for (let part = 0; part < parts; part++) {
      const from = Math.floor((rows * part) / parts);
      const to = Math.floor((rows * (part + 1)) / parts);
      const slices = Object.entries(inputs).map(([name, values]) => {
        const columns = values.length / rows;
        return [name, values.subarray(from * columns, to * columns)];
      });
      outputs.push(await this.backend.run(to - from, Object.fromEntries(slices)));
      for (let i = 0; i < sums.length; i++) sums[i]! += this.gradients[i]!;
      for (const [name, scalar] of Object.entries(this.scalars)) totals[name]! += scalar[0]!;
    }
    this.gradients.set(sums);
    for (const [name, scalar] of Object.entries(this.scalars)) scalar[0] = totals[name]!;
    return concatenate(outputs);
  }

  /** Frees the backend. */
  async close(): Promise<void> {
    await this.backend.close();
  }
}

/** Mean of every number over several steps. */
export function averageSteps<Result extends object>(results: readonly Result[]): Result {
  const mean = (name: string) =>
    results.reduce((sum, result) => sum + (result as Record<string, number>)[name]!, 0) / results.length;
  return Object.fromEntries(Object.keys(results[0]!).map((name) => [name, mean(name)])) as Result;
}
