import { Graph, type GraphNode } from '../../../src/training/graph.js';
import type { Inference, Outputs } from '../../../src/training/inference.js';
import type { Network } from '../../../src/training/network.js';

/** A tensor of one position. */
type Row = Float32Array;
type Step = (rows: Map<string, Row>) => void;

/**
 * Runs a network in plain JavaScript, position by position: slower than ONNX Runtime, but for browsers without
 * WebAssembly SIMD, which that needs.
 */
export class PlainInference implements Inference {
  private readonly rows = new Map<string, Row>();
  private readonly steps: Step[];

  /** Throws where the network has an operator that is not known here. */
  constructor(
    private readonly network: Network,
    weights: Float32Array,
  ) {
    for (const { name, start, size } of network.parameters) this.rows.set(name, weights.subarray(start, start + size));
    const graph = new Graph();
    const heads = network.forward(graph, 'inputs');
    for (const name of ['logits', 'value', 'margin'] as const) graph.name(heads[name], name);
    this.rows.set('inputs', new Float32Array(network.inputs));
    this.steps = graph.nodes.map((node) => this.step(node));
  }

  async run(inputs: Float32Array, rows: number, { logits, value, margin }: Outputs): Promise<void> {
    const { players, actions } = this.network;
    const width = this.network.inputs;
    for (let row = 0; row < rows; row++) {
      this.rows.get('inputs')!.set(inputs.subarray(row * width, (row + 1) * width));
      for (const step of this.steps) step(this.rows);
      logits.set(this.rows.get('logits')!, row * actions);
      value.set(this.rows.get('value')!, row * players);
      margin.set(this.rows.get('margin')!, row * players);
    }
  }

  async close(): Promise<void> {}

  private step({ op, inputs, outputs }: GraphNode): Step {
    const [a, b, c] = inputs.map((name) => this.rows.get(name)!);
    const from = a!;
    const out = new Float32Array(op === 'Gemm' ? c!.length : from.length);
    this.rows.set(outputs[0]!, out);
    switch (op) {
      case 'Gemm':
        return () => gemm(from, b!, c!, out);
      case 'Add':
        return () => {
          for (let i = 0; i < out.length; i++) out[i] = from[i]! + b![i]!;
        };
      case 'Relu':
        return () => {
          for (let i = 0; i < out.length; i++) out[i] = Math.max(0, from[i]!);
        };
      case 'Tanh':
        return () => {
          for (let i = 0; i < out.length; i++) out[i] = Math.tanh(from[i]!);
        };
      case 'Identity':
        return () => out.set(from);
      default:
        throw new Error(`the network has the operator ${op}, which needs WebAssembly SIMD`);
    }
  }
}

/** x·w + b; inputs that are 0, which most are, cost nothing. */
function gemm(x: Row, w: Row, b: Row, out: Row): void {
  out.set(b);
  const n = out.length;
  for (let i = 0; i < x.length; i++) {
    const factor = x[i]!;
    if (factor === 0) continue;
    const from = i * n;
    for (let j = 0; j < n; j++) out[j]! += factor * w[from + j]!;
  }
}
