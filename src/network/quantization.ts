/** Inference in 8 bits: small integers, which processors multiply two to three times as fast as floats. */
import type { Graph, Tensor } from './graph.js';
import type { LinearLayer, Network } from './network.js';

/**
 * The greatest input of each layer that is computed in 8 bits, as measured on positions of play (calibration.ts). Layers
 * without one stay in floats.
 */
export type Ranges = Record<string, number>;

/**
 * Activations have 7 bits, so that two products with 8-bit weights fit 16 bits: processors that add them up there, for
 * want of instructions made for this, clip nothing, and all compute the same.
 */
const ACTIVATION_STEPS = 127;
const WEIGHT_STEPS = 127;

/**
 * The layers to compute in 8 bits: those whose inputs begin at 0, as they do in the first one (encoding.ts) and behind a
 * relu, with enough columns to gain by it.
 */
export function quantizedLayers({ playingParameters }: Network): string[] {
  return playingParameters.flatMap(({ name, dims }) => {
    const layer = name.replace(/\.weight$/, '');
    return dims.length === 2 && dims[1]! >= 16 ? [layer] : [];
  });
}

/**
 * Adds layers as x·w + b ≈ s·t·(q(x)·q(w)) + b, with one scale s for all of a layer's inputs, fixed beforehand so that no
 * row of a batch depends on another, and a scale t for each column of weights. What lies between layers stays in floats.
 */
export function quantizedLinear(graph: Graph, network: Network, weights: Float32Array, ranges: Ranges): LinearLayer {
  const parameters = new Map(network.parameters.map((parameter) => [parameter.name, parameter]));
  const constant = (name: string, dims: readonly number[], data: Float32Array | Int8Array | Uint8Array): Tensor => {
    graph.constants.set(name, { dims, data });
    return name;
  };
  const part = (name: string) => {
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
    const { dims, data } = part(`${name}.weight`);
    const bias = part(`${name}.bias`);
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

/** Each column of [rows, columns] weights as integers of at most ±127 times a scale of its own. */
export function quantizeColumns(weights: Float32Array, columns: number): { integers: Int8Array; scales: Float32Array } {
  const scales = new Float32Array(columns);
  const integers = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(weights[i]!) / WEIGHT_STEPS);
  }
  for (let i = 0; i < weights.length; i++) integers[i] = Math.round(weights[i]! / (scales[i % columns]! || 1));
  return { integers, scales };
}
