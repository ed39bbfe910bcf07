import type { Graph, Tensor } from '../../network/graph.js';
import type { Parameter } from '../../network/network.js';

/** What a training step computes, before a backend runs it: losses of a batch, as a graph without its gradients. */
export interface TrainingGraph {
  graph: Graph;
  /** Tensors of the graph that are trained. */
  parameters: readonly Parameter[];
  /** Shapes of the tensors that a batch brings; `batch` stands for its number of rows. */
  inputs: Readonly<Record<string, readonly (number | 'batch')[]>>;
  /** Scalars to be told, by name. The one named `loss` is to be lowered. */
  scalars: Readonly<Record<string, Tensor>>;
}

/** The memory that a training step and its backend share. */
export interface TrainingArrays {
  /** All parameters, one after the other: read in each run, changed between runs. */
  readonly weights: Float32Array;
  /** In the order of `weights`: written in each run. */
  readonly gradients: Float32Array;
  /** One element each, by the names in `TrainingGraph.scalars`: written in each run. */
  readonly scalars: Readonly<Record<string, Float32Array>>;
}

/** Runs a training graph forward and backward, with some library on some device. */
export interface Backend {
  /** Computes scalars and gradients of a batch of so many rows; `inputs` are row after row. */
  run(rows: number, inputs: Readonly<Record<string, Float32Array>>): Promise<void>;
  /** Frees what it holds. */
  close(): Promise<void>;
}

/** A choice of library and device: makes the backend of one graph. */
export type CreateBackend = (graph: TrainingGraph, arrays: TrainingArrays) => Promise<Backend>;
