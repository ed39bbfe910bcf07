/** Inference in 8-bit integers, which processors multiply two to three times as fast as floats. */
import type { Graph, Tensor } from './graph.js';
import type { LinearLayer, Network } from './network.js';

/**
 * The highest input of each layer that is computed in 8 bits, measured on positions of play (calibration.ts). Layers without
 * a range stay in floats.
 */
export type Ranges = Record<string, number>;

/**
 * Activations have 7 bits, so two products with 8-bit weights fit 16 bits. Processors without special instructions add them
 * in 16 bits: they clip nothing, and all processors compute the same.
 */
const ACTIVATION_STEPS = 127;
const WEIGHT_STEPS = 127;

/**
 * Returns the layers to compute in 8 bits: those with enough columns to gain by it. The inputs of all layers are at least 0,
 * by the encoding or by a relu.
 */
export function quantizedLayers({ playingParameters }: Network): string[] {
  return playingParameters.flatMap(({ name, dims }) => {
    const layer = name.replace(/\.weight$/, '');
    return dims.length === 2 && dims[1]! >= 16 ? [layer] : [];
  });
}

/**
 * Adds layers as x·w + b ≈ s·t·(q(x)·q(w)) + b. All inputs of a layer share a scale s, which is fixed beforehand, so that no
 * row of a batch depends on another. Each column of weights has a scale t. Operations between layers stay in floats.
 */
export function quantizedLinear(graph: Graph, network: Network, weights: Float32Array, ranges: Ranges): LinearLayer {
  const parameters = new Map(network.parameters.map((parameter) => [parameter.name, parameter]));
  const constant = (name: string, dims: readonly number[], data: Float32Array | Int8Array | Uint8Array): Tensor => {
    graph.constants.set(name, { dims, data });
    return name;
  };
  const parameter = (name: string) => {
    const { dims, start, size } = parameters.get(name)!;
    return { dims, data: weights.slice(start, start + size) };
  };
  const inputs = new Map<Tensor, { integers: Tensor; scale: Tensor }>();
  const quantizeInput = (x: Tensor, name: string) => {
    const scale = constant(`${name}.inputScale`, [], Float32Array.of(ranges[name]! / ACTIVATION_STEPS));
    const clipped = graph.op('Min', [x, graph.scalar(ranges[name]!)]);
    const zero = constant('zero', [], Uint8Array.of(0));
    return { integers: graph.op('QuantizeLinear', [clipped, scale, zero]), scale };
  };
  return (x, name) => {
    const { dims, data } = parameter(`${name}.weight`);
    const bias = parameter(`${name}.bias`);
    constant(`${name}.bias`, bias.dims, bias.data);
    if (!(name in ranges)) return graph.linear(x, constant(`${name}.weight`, dims, data), `${name}.bias`);
    const input = inputs.get(x) ?? quantizeInput(x, name);
    inputs.set(x, input);
    const { integers, scales } = quantizeColumns(data, dims[1]!);
    return graph.op('com.microsoft.MatMulIntegerToFloat', [
      input.integers,
      constant(`${name}.weight`, dims, integers),
      input.scale,
      constant(`${name}.weightScale`, [dims[1]!], scales),
      '',
      '',
      `${name}.bias`,
    ]);
  };
}

/** Returns each column of weights, `[rows, columns]`, as integers of at most ±127 with a scale per column. */
export function quantizeColumns(weights: Float32Array, columns: number): { integers: Int8Array; scales: Float32Array } {
  const scales = new Float32Array(columns);
  const integers = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(weights[i]!) / WEIGHT_STEPS);
  }
  for (let i = 0; i < weights.length; i++) integers[i] = Math.round(weights[i]! / (scales[i % columns]! || 1));
  return { integers, scales };
}
