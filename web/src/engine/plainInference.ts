import { Graph, type GraphNode } from '../../../src/network/graph.js';
import type { Inference, Outputs } from '../../../src/network/inference.js';
import type { Network } from '../../../src/network/network.js';
import type { Model } from '../../../src/network/onnxModel.js';
import { quantizedLinear } from '../../../src/network/quantization.js';
import { TAKE_VALUES } from '../../../src/network/takeTable.js';

/** A tensor of one position, or a constant. 8-bit integers are stored as floats. */
type Values = Float32Array;

/**
 * Runs a network in plain JavaScript, one position at a time. It is slower than ONNX Runtime, and it serves browsers
 * without WebAssembly SIMD, which ONNX Runtime needs. It computes the same graph, with 8-bit integers if the model has
 * the ranges for them.
 */
export class PlainInference implements Inference {
  private readonly network: Network;
  private readonly tensors = new Map<string, Values>();
  private readonly steps: (() => void)[];

  /** Throws if the network has an operator that this class does not know. */
  constructor({ network, weights, ranges = {} }: Model) {
    this.network = network;
    const graph = new Graph();
    // Layers without a range stay in floats.
    const heads = network.forward(graph, 'inputs', quantizedLinear(graph, network, weights, ranges));
    for (const name of ['policy', 'takes', 'value', 'margin'] as const) graph.name(heads[name], name);
    for (const [name, { data }] of graph.constants) this.tensors.set(name, Float32Array.from(data, Number));
    this.tensors.set('inputs', new Float32Array(network.inputs));
    this.steps = graph.nodes.map((node) => this.step(node));
  }

  async run(inputs: Float32Array, rows: number, { policy, takes, value, margin }: Outputs): Promise<void> {
    const { tensors, network } = this;
    for (let row = 0; row < rows; row++) {
      tensors.get('inputs')!.set(inputs.subarray(row * network.inputs, (row + 1) * network.inputs));
      for (const step of this.steps) step();
      policy.set(tensors.get('policy')!, row * network.actions);
      takes.set(tensors.get('takes')!, row * TAKE_VALUES);
      value.set(tensors.get('value')!, row * network.players);
      margin.set(tensors.get('margin')!, row * network.players);
    }
  }

  async close(): Promise<void> {}

  private step({ op, inputs, outputs }: GraphNode): () => void {
    const [x, ...others] = inputs.map((name) => this.tensors.get(name)!) as [Values, ...Values[]];
    const result = (length = x.length) => {
      const out = new Float32Array(length);
      this.tensors.set(outputs[0]!, out);
      return out;
    };
    const each = (compute: (value: number, i: number) => number) => {
      const out = result();
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = compute(x[i]!, i);
      };
    };
    switch (op) {
      case 'Gemm': {
        const [weights, bias] = others as [Values, Values];
        const out = result(bias.length);
        return () => {
          out.set(bias);
          addProduct(x, weights, out);
        };
      }
      case 'com.microsoft.MatMulIntegerToFloat': {
        const [weights, inputScale, scales, , , bias] = others as [Values, Values, Values, Values, Values, Values];
        const out = result(bias.length);
        return () => {
          // Sums of products of 7-bit and 8-bit integers stay far below 2^24, so floats hold them exactly.
          out.fill(0);
          addProduct(x, weights, out);
          for (let j = 0; j < out.length; j++) out[j] = out[j]! * (inputScale[0]! * scales[j]!) + bias[j]!;
        };
      }
      case 'QuantizeLinear': {
        const [scale] = others[0]!;
        return each((value) => Math.min(255, Math.max(0, roundToEven(Math.fround(value / scale!)))));
      }
      case 'Min': {
        const [max] = others[0]!;
        return each((value) => Math.min(value, max!));
      }
      case 'Add': {
        const [y] = others as [Values];
        return each((value, i) => value + y[i]!);
      }
      case 'Relu':
        return each((value) => Math.max(0, value));
      case 'Tanh':
        return each(Math.tanh);
      case 'Identity':
        return each((value) => value);
      default:
        throw new Error(`the network has the operator ${op}, which needs WebAssembly SIMD`);
    }
  }
}

/** out += x·w. Inputs that are 0 cost nothing. */
function addProduct(x: Values, w: Values, out: Values): void {
  const n = out.length;
  for (let i = 0; i < x.length; i++) {
    const factor = x[i]!;
    if (factor === 0) continue;
    const from = i * n;
    for (let j = 0; j < n; j++) out[j]! += factor * w[from + j]!;
  }
}

/** The nearest integer; the even one if two are equally near. */
function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
