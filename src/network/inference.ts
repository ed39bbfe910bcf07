/** How a network is computed: most of it in 8-bit integers (quantization.ts), or all in 32-bit floats. */
export const PRECISIONS = ['int8', 'fp32'] as const;
/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** Names of inputs that a network of another program may take: the encodings that this version computes. */
export const INPUTS = ['azul-5'] as const;

/** What a network computes for a batch; rows from the batch's size on are left as they are. */
export interface Outputs {
  /** `[capacity, actions]`: the logits without what actions have in common. */
  policy: Float32Array;
  /** `[capacity, TAKES]`: that (takes.ts). */
  takes: Float32Array;
  /** [capacity, players], mover first */
  value: Float32Array;
  /** [capacity, players], mover first */
  margin: Float32Array;
}

/** Runs one network with fixed weights: ONNX Runtime on this machine (onnxInference.ts), in a browser, or elsewhere. */
export interface Inference {
  /** Evaluates the first `rows` rows of `inputs`, [capacity, network inputs], into `outputs`. */
  run(inputs: Float32Array, rows: number, outputs: Outputs): Promise<void>;
  /** Frees what it holds. */
  close(): Promise<void>;
}
