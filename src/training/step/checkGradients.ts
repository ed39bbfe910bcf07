import { Random } from '../../game/random.js';
import type { Parameter } from '../../network/network.js';
import { encodeModel } from '../../network/onnxModel.js';
import { createSession } from '../../network/onnxSession.js';
import * as ort from '../../network/ort.js';
import type { CreateBackend, TrainingGraph } from './backend.js';
import { onnxBackend } from './onnxBackend.js';
import { type StepSettings, TrainingStep, type TrainingTask } from './trainingStep.js';

/** Options of a gradient check. */
export interface GradientCheckOptions {
  /** Distance h of central differences, (f(w + h) - f(w - h)) / 2h. The default is 1e-5. */
  h?: number;
  /** Names of the parameters to check. The default is all. */
  parameters?: readonly string[];
  /** The backend, which computes the gradients. The default is ONNX Runtime on one thread. */
  backend?: CreateBackend;
}

/** Options of a gradient check along random directions. */
export interface DirectionCheckOptions extends GradientCheckOptions {
  /** Number of directions. The default is 10. */
  directions?: number;
  /** Seed of the random directions. The default is 1. */
  seed?: number;
}

/** A gradient and the slope that it should equal. */
export interface CheckedGradient {
  /** The parameter and the index in it, or the number of the direction. */
  where: string;
  gradient: number;
  slope: number;
}

/** The result of a check. */
export interface GradientCheck {
  /** Number of gradients compared. */
  checked: number;
  /** Maximum of |gradient - slope|, divided by the maximum of |slope|. Below 1e-4 the gradients are right to 32 bits. */
  maxError: number;
  /** The comparison with the maximum error. */
  worst: CheckedGradient;
}

/**
 * Compares the gradient of each parameter value with a central difference. It needs two forward passes for each value, so use
 * it for small networks or for some of the parameters. The forward passes run in 64 bits.
 *
 * @param task a graph with its loss, such as `azulTask(network, settings)`. It can't be used again after the check
 * @param weights all parameter values
 */
export async function checkGradients<Batch, Measures extends object>(
  task: TrainingTask<Batch, Measures>,
  weights: Float32Array,
  batch: Batch,
  options: GradientCheckOptions = {},
): Promise<GradientCheck> {
  return withGradients(task, weights, batch, options, async (gradients, chosen, slope) => {
    const found: CheckedGradient[] = [];
    for (const { name, start, size } of chosen) {
      for (let i = 0; i < size; i++) {
        const direction = new Map([[start + i, 1]]);
        found.push({ where: `${name}[${i}]`, gradient: gradients[start + i]!, slope: await slope(direction) });
      }
    }
    return found;
  });
}

/**
 * The fast check: compares the gradient along random directions, of length 1 over all chosen parameters, with central
 * differences. Each direction needs two forward passes, independently of the network's size. The check detects a wrong gradient
 * of any parameter, but does not find the parameter. Arguments are as in `checkGradients`.
 */
export async function checkDirections<Batch, Measures extends object>(
  task: TrainingTask<Batch, Measures>,
  weights: Float32Array,
  batch: Batch,
  { directions = 10, seed = 1, ...options }: DirectionCheckOptions = {},
): Promise<GradientCheck> {
  return withGradients(task, weights, batch, options, async (gradients, chosen, slope) => {
    const random = new Random(seed);
    const found: CheckedGradient[] = [];
    for (let n = 0; n < directions; n++) {
      const places = chosen.flatMap(({ start, size }) => Array.from({ length: size }, (_, i) => start + i));
      const values = places.map(() => random.normal());
      const length = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
      const direction = new Map(places.map((place, i) => [place, values[i]! / length]));
      let gradient = 0;
      for (const [place, value] of direction) gradient += value * gradients[place]!;
      found.push({ where: `direction ${n}`, gradient, slope: await slope(direction) });
    }
    return found;
  });
}

const SETTINGS: StepSettings = {
  optimizer: 'sgd',
  momentum: 0,
  beta2: 0,
  weightDecay: 0,
  clipNorm: Number.POSITIVE_INFINITY,
  microBatches: 1,
  averageDecay: 0,
};

/** A direction in the space of all parameter values: its nonzero components, by their index. */
type Direction = ReadonlyMap<number, number>;

async function withGradients<Batch, Measures extends object>(
  task: TrainingTask<Batch, Measures>,
  weights: Float32Array,
  batch: Batch,
  { h = 1e-5, parameters, backend = onnxBackend() }: GradientCheckOptions,
  compare: (
    gradients: Float32Array,
    chosen: readonly Parameter[],
    slope: (direction: Direction) => Promise<number>,
  ) => Promise<CheckedGradient[]>,
): Promise<GradientCheck> {
  const chosen = task.parameters.filter(({ name }) => parameters?.includes(name) ?? true);
  const unknown = parameters?.find((wanted) => !chosen.some(({ name }) => name === wanted));
  if (unknown !== undefined) {
    const names = task.parameters.map(({ name }) => name).join(', ');
    throw new RangeError(`there is no parameter '${unknown}'; known are ${names}`);
  }
  const { rows, inputs } = task.feed(batch);
  // This must come first, because the backend adds nodes to the graph.
  const lossAt = await forwardInDoubles(task, rows, inputs);
  const step = await TrainingStep.create({ ...task, feed: () => ({ rows, inputs }) }, weights, SETTINGS, backend);
  try {
    await step.computeGradients(batch);
    const at = Float64Array.from(weights);
    const slope = async (direction: Direction) => {
      const moved = (by: number) => {
        const to = at.slice();
        for (const [place, value] of direction) to[place]! += by * value;
        return lossAt.run(to);
      };
      return ((await moved(h)) - (await moved(-h))) / (2 * h);
    };
    return summary(await compare(step.gradients, chosen, slope));
  } finally {
    await step.close();
    await lossAt.close();
  }
}

function summary(found: readonly CheckedGradient[]): GradientCheck {
  const error = ({ gradient, slope }: CheckedGradient) => Math.abs(gradient - slope);
  const worst = found.reduce((a, b) => (error(b) > error(a) ? b : a));
  const greatest = found.reduce((max, { slope }) => Math.max(max, Math.abs(slope)), 0);
  return { checked: found.length, maxError: error(worst) / (greatest || 1), worst };
}

/** The loss of a graph as a function of all parameter values. It computes only the forward pass, in 64 bits. */
async function forwardInDoubles(
  { graph, parameters, inputs: shapes, scalars }: TrainingGraph,
  rows: number,
  inputs: Readonly<Record<string, Float32Array>>,
) {
  const loss = scalars.loss!;
  const needed = graph.neededFor(loss);
  const used = (name: string) => needed.nodes.some((node) => node.inputs.includes(name));
  const usedShapes = Object.entries(shapes).filter(([name]) => used(name));
  const dims = Object.fromEntries([...usedShapes, ...parameters.map(({ name, dims }) => [name, dims] as const)]);
  const session = await createSession(encodeModel(needed, dims, { [loss]: [] }, {}, 'double'));
  const fixed = usedShapes.map(([name, shape]) => {
    const lengths = shape.map((length) => (length === 'batch' ? rows : length));
    return [name, new ort.Tensor('float64', Float64Array.from(inputs[name]!), lengths)] as const;
  });
  return {
    async run(weights: Float64Array): Promise<number> {
      const trained = parameters.map(
        ({ name, dims, start, size }) =>
          [name, new ort.Tensor('float64', weights.slice(start, start + size), [...dims])] as const,
      );
      const result = await session.run(Object.fromEntries([...fixed, ...trained]));
      return (result[loss]!.data as Float64Array)[0]!;
    },
    close: () => session.release(),
  };
}
