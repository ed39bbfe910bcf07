import { encodeModel } from '../../network/onnxModel.js';
import { createSession, type SessionSettings } from '../../network/onnxSession.js';
import * as ort from '../../network/ort.js';
import type {
  Backend,
  CreateBackend,
  GraphOutputs,
  TrainingArrays,
  TrainingGraph,
  TrainingPrecision,
} from './backend.js';
import { inHalfPrecision } from './halfPrecision.js';

/** Device and precision of training. On the cpu, fp16 is simulated with casts, for tests. */
export interface OnnxBackendSettings extends SessionSettings {
  precision?: TrainingPrecision;
}

/** The standard backend. ONNX Runtime runs the forward and backward pass as one graph. */
export function onnxBackend({ precision = 'fp32', ...session }: OnnxBackendSettings = {}): CreateBackend {
  return async (graph, arrays) => {
    const isOnCpu = (session.device ?? 'cpu') === 'cpu';
    const model = modelWithGradients(graph, precision, isOnCpu);
    return new OnnxBackend(await createSession(model, session), graph, arrays, precision);
  };
}

class OnnxBackend implements Backend {
  /** Views of the shared arrays of weights, which are read in place, and of the factor of the loss. */
  private readonly parameters: Record<string, ort.Tensor> = {};
  /** Targets of the results: views of the shared arrays, written in place; null: ONNX Runtime creates a tensor. */
  private readonly results: Record<string, ort.Tensor | null> = {};

  constructor(
    private readonly session: ort.InferenceSession,
    private readonly graph: TrainingGraph,
    { weights, gradients, scalars, lossScale }: TrainingArrays,
    readonly precision: TrainingPrecision,
  ) {
    for (const { name, dims, start, size } of graph.parameters) {
      this.parameters[name] = new ort.Tensor('float32', weights.subarray(start, start + size), dims);
      this.results[gradientOf(name)] = new ort.Tensor('float32', gradients.subarray(start, start + size), dims);
    }
    for (const [name, scalar] of Object.entries(scalars)) this.results[name] = new ort.Tensor('float32', scalar, []);
    for (const name of Object.keys(graph.outputs)) this.results[outputOf(name)] = null;
    if (precision === 'fp16') this.parameters[LOSS_SCALE] = new ort.Tensor('float32', lossScale, []);
  }

  async run(rows: number, inputs: Readonly<Record<string, Float32Array>>): Promise<GraphOutputs> {
    const feeds = { ...this.parameters };
    for (const [name, dims] of Object.entries(this.graph.inputs)) {
      const shape = dims.map((length) => (length === 'batch' ? rows : length));
      feeds[name] = new ort.Tensor('float32', inputs[name]!, shape);
    }
    const made = await this.session.run(feeds, this.results);
    const outputs = Object.keys(this.graph.outputs).map((name) => [name, made[outputOf(name)]!.data]);
    return Object.fromEntries(outputs);
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function gradientOf(parameter: string): string {
  return `gradient.${parameter}`;
}

function outputOf(name: string): string {
  return `output.${name}`;
}

/** Name of the input, in half precision, by which the loss is multiplied. */
const LOSS_SCALE = 'lossScale';

/** The ONNX model of a training step. It maps parameters and a batch to scalars, outputs and gradients. */
function modelWithGradients(
  { graph, parameters, inputs, scalars, outputs }: TrainingGraph,
  precision: TrainingPrecision,
  isOnCpu: boolean,
): Uint8Array {
  const isHalf = precision === 'fp16';
  const names = parameters.map(({ name }) => name);
  const loss = isHalf ? graph.scale(scalars.loss!, LOSS_SCALE) : scalars.loss!;
  graph.gradients(loss, names).forEach((gradient, i) => {
    const name = gradientOf(names[i]!);
    if (isHalf) graph.op('Div', [gradient, LOSS_SCALE], {}, name);
    else graph.name(gradient, name);
  });
  for (const [name, scalar] of Object.entries(scalars)) graph.name(scalar, name);
  for (const [name, { tensor }] of Object.entries(outputs)) graph.name(tensor, outputOf(name));
  return encodeModel(
    isHalf ? { nodes: inHalfPrecision(graph, isOnCpu), constants: graph.constants } : graph,
    {
      ...inputs,
      ...(isHalf && { [LOSS_SCALE]: [] }),
      ...Object.fromEntries(parameters.map(({ name, dims }) => [name, dims])),
    },
    {
      ...Object.fromEntries(Object.keys(scalars).map((name) => [name, []])),
      ...Object.fromEntries(Object.entries(outputs).map(([name, { columns }]) => [outputOf(name), ['batch', columns]])),
      ...Object.fromEntries(parameters.map(({ name, dims }) => [gradientOf(name), dims])),
    },
  );
}
