/** How a network is computed: mostly in 8-bit integers (quantization.ts), or all in 32-bit floats. */
export const PRECISIONS = ['int8', 'fp32'] as const;
/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** Names of inputs that a network of another program may take: the encodings that this version computes. */
export const INPUTS = ['azul-5'] as const;

/** Outputs of a network for a batch. Rows from the batch's size on are not changed. */
export interface Outputs {
  /** `[capacity, actions]`: the logits without those that actions share. */
  policy: Float32Array;
  /** `[capacity, TAKE_VALUES]`: the logits that actions share (takeTable.ts). */
  takes: Float32Array;
  /** `[capacity, players]`, mover first. */
  value: Float32Array;
  /** `[capacity, players]`, mover first. */
  margin: Float32Array;
}

/** Runs one network with fixed weights: ONNX Runtime on this machine (onnxInference.ts), in a browser, or elsewhere. */
export interface Inference {
  /** Evaluates the first rows of `inputs`, `[capacity, network inputs]`, and writes `outputs`. */
  run(inputs: Float32Array, rows: number, outputs: Outputs): Promise<void>;
  /** Frees the network. */
  close(): Promise<void>;
}
