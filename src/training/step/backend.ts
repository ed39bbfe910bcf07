import type { Device } from '../../network/devices.js';
import type { Graph, Tensor } from '../../network/graph.js';
import type { Parameter } from '../../network/network.js';

/** What a training step computes of a batch, as a graph without its gradients. Backends add those. */
export interface TrainingGraph {
  graph: Graph;
  /** Tensors of the graph that are trained. */
  parameters: readonly Parameter[];
  /** Shapes of the tensors that a batch brings, by name. `batch` is its number of rows. */
  inputs: Readonly<Record<string, readonly (number | 'batch')[]>>;
  /** Scalars to report, by name. Training lowers the one named `loss`. */
  scalars: Readonly<Record<string, Tensor>>;
  /** Tensors of the shape [batch, columns] to report, by name, such as predictions. */
  outputs: Readonly<Record<string, { tensor: Tensor; columns: number }>>;
}

/** Values of a graph's outputs, by name, row after row. */
export type GraphOutputs = Readonly<Record<string, Float32Array>>;

/** The rows of several batches, one batch after the other. */
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
  /** All parameters, one after the other: read in each run, changed between runs. */
  readonly weights: Float32Array;
  /** In the order of `weights`: written in each run. */
  readonly gradients: Float32Array;
  /** One element each, by the names in `TrainingGraph.scalars`: written in each run. */
  readonly scalars: Readonly<Record<string, Float32Array>>;
  /** One element, read in each run in half precision: multiplies the loss, but not the gradients that come out. */
  readonly lossScale: Float32Array;
}

/** Number formats of forward and backward pass; weights, gradients and losses have 32 bits in both. */
export const TRAINING_PRECISIONS = ['fp32', 'fp16'] as const;

/** One of `TRAINING_PRECISIONS`. */
export type TrainingPrecision = (typeof TRAINING_PRECISIONS)[number];

/** Devices of ONNX Runtime that compute fp16. The others would convert it to fp32 and back. */
export const HALF_DEVICES: readonly Device[] = ['cuda', 'tensorrt', 'webgpu'];

/** Runs a training graph forward and backward, with some library on some device. */
export interface Backend {
  /** Computes scalars and gradients of a batch of n rows, and returns its outputs. Inputs are row after row. */
  run(rows: number, inputs: Readonly<Record<string, Float32Array>>): Promise<GraphOutputs>;
  /** Frees what it holds. */
  close(): Promise<void>;
  /** Number format; fp32 if it is left out. With fp16 the training step scales the loss. */
  readonly precision?: TrainingPrecision;
}

/** A choice of library and device: makes the backend of one graph. */
export type CreateBackend = (graph: TrainingGraph, arrays: TrainingArrays) => Promise<Backend>;
