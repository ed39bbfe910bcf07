import { encodeModel } from '../../network/onnxModel.js';
import { createSession, type SessionSettings } from '../../network/onnxSession.js';
import * as ort from '../../network/ort.js';
import type { Backend, CreateBackend, TrainingArrays, TrainingGraph } from './backend.js';

/** The standard backend: ONNX Runtime runs forward and backward pass as one graph. */
export function onnxBackend(settings?: SessionSettings): CreateBackend {
  return async (graph, arrays) =>
    new OnnxBackend(await createSession(modelWithGradients(graph), settings), graph, arrays);
}

class OnnxBackend implements Backend {
  /** Views of the shared arrays, which are read and written in place; what `run` returns are copies, not needed. */
  private readonly parameters: Record<string, ort.Tensor> = {};
  private readonly results: Record<string, ort.Tensor> = {};

  constructor(
    private readonly session: ort.InferenceSession,
    private readonly graph: TrainingGraph,
    { weights, gradients, scalars }: TrainingArrays,
  ) {
    for (const { name, dims, start, size } of graph.parameters) {
      this.parameters[name] = new ort.Tensor('float32', weights.subarray(start, start + size), dims);
      this.results[gradientOf(name)] = new ort.Tensor('float32', gradients.subarray(start, start + size), dims);
    }
    for (const [name, scalar] of Object.entries(scalars)) this.results[name] = new ort.Tensor('float32', scalar, []);
  }

  async run(rows: number, inputs: Readonly<Record<string, Float32Array>>): Promise<void> {
    const feeds = { ...this.parameters };
    for (const [name, dims] of Object.entries(this.graph.inputs)) {
      const shape = dims.map((length) => (length === 'batch' ? rows : length));
      feeds[name] = new ort.Tensor('float32', inputs[name]!, shape);
    }
    await this.session.run(feeds, this.results);
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function gradientOf(parameter: string): string {
  return `gradient.${parameter}`;
}

/** The ONNX model of a training step: parameters and a batch in, scalars and gradients out. */
function modelWithGradients({ graph, parameters, inputs, scalars }: TrainingGraph): Uint8Array {
  const names = parameters.map(({ name }) => name);
  graph.gradients(scalars.loss!, names).forEach((gradient, i) => {
    graph.name(gradient, gradientOf(names[i]!));
  });
  for (const [name, scalar] of Object.entries(scalars)) graph.name(scalar, name);
  return encodeModel(
    graph,
    { ...inputs, ...Object.fromEntries(parameters.map(({ name, dims }) => [name, dims])) },
    {
      ...Object.fromEntries(Object.keys(scalars).map((name) => [name, []])),
      ...Object.fromEntries(parameters.map(({ name, dims }) => [gradientOf(name), dims])),
    },
  );
}
