import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../network/graph.js';
import type { Backend, CreateBackend, GraphOutputs, TrainingArrays, TrainingGraph } from '../backend.js';
import { Forward } from './forward.js';
import { loadTensorFlow } from './load.js';
import type { TensorFlow } from './operators.js';

/** A module of TensorFlow.js. These are our own types, because the package may not be installed. */
export interface TensorFlowModule {
  /** Resolves when the library can compute. */
  ready(): Promise<void>;
  /** Returns a function that also computes gradients. */
  valueAndGrads(f: never): unknown;
}

/**
 * Creates backends on TensorFlow.js, which runs and differentiates the graph itself, on a device of its choice. The default
 * module is the installed one. If none is installed, creating a backend rejects with a DeviceError that says what to install.
 */
export function tensorflowBackend(library?: TensorFlowModule): CreateBackend {
  return async (graph, arrays) => {
    const found = (library as TensorFlow | undefined) ?? (await loadTensorFlow());
    await found.ready();
    return new TensorFlowBackend(found, graph, arrays);
  };
}

/** A backend on TensorFlow.js. Each run disposes of all its tensors at the end. Only the graph's constants are kept. */
class TensorFlowBackend implements Backend {
  private readonly forward: Forward;
  private readonly constants: Map<Tensor, tf.Tensor>;

  constructor(
    private readonly library: TensorFlow,
    private readonly graph: TrainingGraph,
    private readonly arrays: TrainingArrays,
  ) {
    this.forward = new Forward(
      library,
      graph.graph,
      graph.parameters.map(({ name }) => name),
    );
    this.constants = new Map();
    for (const [name, { data, dims }] of graph.graph.constants) {
      // The other constants are axes, columns and shapes, which operators read from the graph.
      if (data instanceof Float32Array) this.constants.set(name, library.tensor(data, [...dims]));
    }
  }

  async run(rows: number, inputs: Readonly<Record<string, Float32Array>>): Promise<GraphOutputs> {
    const { library, graph, arrays } = this;
    const names = Object.keys(graph.scalars);
    const outputNames = Object.keys(graph.outputs);
    const made: tf.Tensor[] = [];
    const make = (data: Float32Array, dims: readonly number[]) => {
      const tensor = library.tensor(data, [...dims]);
      made.push(tensor);
      return tensor;
    };
    try {
      const batch = new Map(this.constants);
      for (const [name, dims] of Object.entries(graph.inputs)) {
        const shape = dims.map((length) => (length === 'batch' ? rows : length));
        batch.set(name, make(inputs[name]!, shape));
      }
      const parameters = graph.parameters.map(({ dims, start, size }) =>
        make(arrays.weights.subarray(start, start + size), dims),
      );
      const kept: tf.Tensor[] = [];
      const { value, grads } = library.valueAndGrads((...weights: tf.Tensor[]) => {
        const tensors = new Map(batch);
        graph.parameters.forEach(({ name }, i) => {
          tensors.set(name, weights[i]!);
        });
        this.forward.run(tensors);
        const wanted = [
          ...names.map((name) => graph.scalars[name]!),
          ...outputNames.map((name) => graph.outputs[name]!.tensor),
        ];
        for (const tensor of wanted) kept.push(library.keep(tensors.get(tensor)!));
        return tensors.get(graph.scalars.loss!)!.asScalar();
      })(parameters);
      made.push(value, ...grads, ...kept);
      const [gradients, measured] = await Promise.all([
        Promise.all(grads.map((gradient) => gradient.data())),
        Promise.all(kept.map((tensor) => tensor.data() as Promise<Float32Array>)),
      ]);
      graph.parameters.forEach(({ start }, i) => {
        arrays.gradients.set(gradients[i]!, start);
      });
      names.forEach((name, i) => {
        arrays.scalars[name]!.set(measured[i]!);
      });
      return Object.fromEntries(outputNames.map((name, i) => [name, measured[names.length + i]!]));
    } finally {
      library.dispose(made);
    }
  }

  async close(): Promise<void> {
    this.library.dispose([...this.constants.values()]);
  }
}
