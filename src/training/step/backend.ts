import type { Device } from '../../network/devices.js';
import type { Graph, Tensor } from '../../network/graph.js';
import type { Parameter } from '../../network/network.js';

/** The computation of a training step, as a graph without gradients. Backends add the gradients. */
export interface TrainingGraph {
  graph: Graph;
  /** Trained tensors of the graph. */
  parameters: readonly Parameter[];
  /** Shapes of a batch's tensors, by name. `batch` stands for its number of rows. */
  inputs: Readonly<Record<string, readonly (number | 'batch')[]>>;
  /** Scalars to report, by name. Training minimises the one named `loss`. */
  scalars: Readonly<Record<string, Tensor>>;
  /** Tensors of the shape [batch, columns] to report, by name, such as predictions. */
  outputs: Readonly<Record<string, { tensor: Tensor; columns: number }>>;
}

/** Values of a graph's outputs, by name, row after row. */
export type GraphOutputs = Readonly<Record<string, Float32Array>>;

/** Concatenates the rows of several batches. */
export function concatenate(parts: readonly GraphOutputs[]): GraphOutputs {
  const joined = (name: string) => {
    const arrays = parts.map((part) => part[name]!);
    const result = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      result.set(array, at);
      at += array.length;
    }
    return result;
  };
  return Object.fromEntries(Object.keys(parts[0]!).map((name) => [name, joined(name)]));
}

/** The memory that a training step and its backend share. */
export interface TrainingArrays {
  /** All parameters, one after the other. The backend reads them in each run. They change between runs. */
  readonly weights: Float32Array;
  /** All gradients, in the order of `weights`. The backend writes them in each run. */
  readonly gradients: Float32Array;
  /** Arrays of one element, by the names in `TrainingGraph.scalars`. The backend writes them in each run. */
  readonly scalars: Readonly<Record<string, Float32Array>>;
  /**
   * An array of one element: the factor of the loss. The backend reads it in each run in half precision. It multiplies the loss
   * by this factor, and divides the gradients by it.
   */
  readonly lossScale: Float32Array;
}

/** Number formats of the forward and backward pass. Weights, gradients and losses have 32 bits in both. */
export const TRAINING_PRECISIONS = ['fp32', 'fp16'] as const;

/** One of `TRAINING_PRECISIONS`. */
export type TrainingPrecision = (typeof TRAINING_PRECISIONS)[number];

/** Devices on which ONNX Runtime computes in fp16. On others it would convert fp16 to fp32 and back. */
export const HALF_DEVICES: readonly Device[] = ['cuda', 'tensorrt', 'webgpu'];

/** A library on a device that runs a training graph forward and backward. */
export interface Backend {
  /** Computes scalars and gradients of a batch, and returns its outputs. Values of the inputs are row after row. */
  run(rows: number, inputs: Readonly<Record<string, Float32Array>>): Promise<GraphOutputs>;
  /** Frees its memory. */
  close(): Promise<void>;
  /** Number format. The default is fp32. With fp16 the training step scales the loss. */
  readonly precision?: TrainingPrecision;
}

/** A function that creates the backend of a graph, for a choice of library and device. */
export type CreateBackend = (graph: TrainingGraph, arrays: TrainingArrays) => Promise<Backend>;
