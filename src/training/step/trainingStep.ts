import { type Backend, concatenate, type GraphOutputs, type TrainingGraph } from './backend.js';
import { LossScale } from './lossScale.js';
import { onnxBackend } from './onnxBackend.js';
import { clipByGlobalNorm, type Optimizer, type OptimizerSettings } from './optimizer.js';
import { createOptimizer } from './optimizers.js';
import { WeightAverage } from './weightAverage.js';

/** How a training step changes the weights. */
export interface StepSettings extends OptimizerSettings {
  /** Maximum norm of the gradient over all parameters; a longer one is scaled down to it. */
  clipNorm: number;
  /** Number of parts in which a batch is computed to save memory. Their gradients add up to that of the batch. */
  microBatches: number;
  /** Decay of the weights' moving average; 0: none is kept. */
  averageDecay: number;
}

/** A batch as a graph takes it. */
export interface Feed {
  rows: number;
  /** Values of every input of the graph, row after row. */
  inputs: Readonly<Record<string, Float32Array>>;
}

/** A graph to train, and what a batch is to it. */
export interface TrainingTask<Batch, Measures> extends TrainingGraph {
  /** How much each scalar counts in `loss`. */
  weights: Readonly<Record<string, number>>;
  /**
   * Writes a batch as the graph's inputs. Each row must have a weight among them, and the losses be sums of weighted
   * rows: micro-batches are slices of the rows, whose losses add up. `step` is the number of updates before, if the batch is
   * for an update: then chance, such as dropout, may change the inputs.
   */
  feed(batch: Batch, step?: number): Feed;
  /** What to report of a batch, from the graph's scalars and outputs. */
  measure(batch: Batch, scalars: Readonly<Record<string, number>>, outputs: GraphOutputs): Measures;
}

/** What any training step measures beside its task's own numbers. */
export interface StepCost {
  /** Norm of the gradient before clipping; 0 for a skipped step. */
  gradientNorm: number;
  milliseconds: number;
  /** In half precision: the factor of the loss (lossScale.ts), and 1 if the step was skipped as its gradient overflowed. */
  lossScale?: number;
  skipped?: number;
}

/**
 * One step of gradient descent on any graph: a backend runs forward and backward passes, an optimizer updates the
 * weights. Weights, gradients and optimizer state are flat arrays with one float for each parameter value.
 */
export class TrainingStep<Batch, Measures extends object> {
  /** Moving average of the weights, if the settings ask for one. */
  readonly average: WeightAverage | undefined;
  /** Outputs of the graph for the last batch. */
  outputs: GraphOutputs = {};
  /** Sums over micro-batches, where there are several. */
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

  /** Starts from a copy of `weights`. The default backend is ONNX Runtime on one thread. */
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

  /** The weights in training, which each step changes in place. */
  get weights(): Float32Array {
    return this.optimizer.weights;
  }

  /** Gradients of the last batch, clipped if `run` computed them. */
  get gradients(): Float32Array {
    return this.optimizer.gradients;
  }

  /** A copy of the weights to play with: the average if there is one. */
  get playingWeights(): Float32Array {
    return (this.average?.weights ?? this.weights).slice();
  }

  /** Forward, backward, clip, update. */
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
   * Forward and backward only: fills `gradients`, and returns what the task measures of the batch. `step` is the number of
   * updates before, for a training step; without it there is no dropout.
   */
  async computeGradients(batch: Batch, step?: number): Promise<Measures> {
    const feed = this.task.feed(batch, step);
    this.outputs = this.sums ? await this.accumulate(feed, this.sums) : await this.backend.run(feed.rows, feed.inputs);
    const scalars = Object.fromEntries(Object.entries(this.scalars).map(([name, scalar]) => [name, scalar[0]!]));
    return this.task.measure(batch, scalars, this.outputs);
  }

  /** Runs a batch in parts. Rows keep the weights that they have in the whole batch, so the parts' results add up to its own. */
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

  /** Frees what the backend holds. */
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
