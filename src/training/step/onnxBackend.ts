import { encodeModel } from '../../network/onnxModel.js';
import { createSession, type SessionSettings } from '../../network/onnxSession.js';
import * as ort from '../../network/ort.js';
import type { Backend, CreateBackend, GraphOutputs, TrainingArrays, TrainingGraph } from './backend.js';

/** The standard backend: ONNX Runtime runs forward and backward pass as one graph. */
export function onnxBackend(settings?: SessionSettings): CreateBackend {
  return async (graph, arrays) =>
    new OnnxBackend(await createSession(modelWithGradients(graph), settings), graph, arrays);
}

class OnnxBackend implements Backend {
  /** Views of the shared arrays, which are read and written in place. */
  private readonly parameters: Record<string, ort.Tensor> = {};
  /** Where results are written to; null: ONNX Runtime makes a tensor. */
  private readonly results: Record<string, ort.Tensor | null> = {};

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
    for (const name of Object.keys(graph.outputs)) this.results[outputOf(name)] = null;
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

/** The ONNX model of a training step: parameters and a batch in, scalars, outputs and gradients out. */
function modelWithGradients({ graph, parameters, inputs, scalars, outputs }: TrainingGraph): Uint8Array {
  const names = parameters.map(({ name }) => name);
  graph.gradients(scalars.loss!, names).forEach((gradient, i) => {
    graph.name(gradient, gradientOf(names[i]!));
  });
  for (const [name, scalar] of Object.entries(scalars)) graph.name(scalar, name);
  for (const [name, { tensor }] of Object.entries(outputs)) graph.name(tensor, outputOf(name));
  return encodeModel(
    graph,
    { ...inputs, ...Object.fromEntries(parameters.map(({ name, dims }) => [name, dims])) },
    {
      ...Object.fromEntries(Object.keys(scalars).map((name) => [name, []])),
      ...Object.fromEntries(Object.entries(outputs).map(([name, { columns }]) => [outputOf(name), ['batch', columns]])),
      ...Object.fromEntries(parameters.map(({ name, dims }) => [gradientOf(name), dims])),
    },
  );
}
