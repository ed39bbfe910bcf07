import { readFileSync } from 'node:fs';
import { compiled } from '../../paths.js';

/** Types of the global `WebAssembly`, as far as it is used here. Node's types lack it. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: object };
};

const ARRAYS = ['weights', 'gradients', 'decay', 'mean', 'square', 'average'] as const;
const SCALARS = ['beta1', 'rest1', 'beta2', 'rest2', 'rate', 'epsilon', 'decayRate', 'tiny'] as const;
/** Bytes that one iteration of `sumOfSquares` reads. The lengths of arrays are multiples of it. */
const ROUND = 64;

type ArrayName = (typeof ARRAYS)[number];

export type AdamScalars = Record<(typeof SCALARS)[number], number>;

/** Arrays of equal length in a WebAssembly memory, with loops over all their elements (assembly/adam.ts). */
export interface AdamKernel extends Record<ArrayName, Float32Array> {
  /**
   *     g      = gradient + decay · weight, or the gradient alone if the decay is decoupled
   *     mean   = β1 · mean + rest1 · g
   *     square = β2 · square + rest2 · g²
   *     weight = weight - decayRate · decay · weight - rate · mean / (√square + ε)
   *
   * The term with `decayRate` exists only if the decay is decoupled.
   *
   * `tiny` is added to mean and square and subtracted again. This rounds moments far below `tiny` to 0. Otherwise they would
   * become denormal numbers, with which processors are slow.
   */
  update(scalars: AdamScalars): void;
  /** Sum of the squares of all gradients. Groups of four squares are added in 32 bits, and their sums in 64 bits. */
  squares(): number;
  /** Multiplies all gradients. */
  scale(by: number): void;
  /** average = average + fraction · (weight - average) */
  blend(fraction: number): void;
}

/** The exports of assembly/adam.ts. Their first arguments are addresses, then the length of the arrays in bytes. */
interface Loops {
  update(...values: (number | boolean)[]): void;
  sumOfSquares(values: number, bytes: number): number;
  scale(values: number, bytes: number, by: number): void;
  blend(averages: number, weights: number, bytes: number, fraction: number): void;
}

export function createAdamKernel(size: number, decoupled: boolean): AdamKernel {
  const bytes = ROUND * Math.ceil((size * Float32Array.BYTES_PER_ELEMENT) / ROUND);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((ARRAYS.length * bytes) / 65_536) });
  const module = new WebAssembly.Module(readFileSync(new URL(compiled('training/step/assembly/adam.wasm'))));
  const loops = new WebAssembly.Instance(module, { env: { memory } }).exports as Loops;
  const address = (name: ArrayName) => ARRAYS.indexOf(name) * bytes;
  const arrays = ARRAYS.map((name) => [name, new Float32Array(memory.buffer, address(name), size)]);
  const [weights, gradients, average] = [address('weights'), address('gradients'), address('average')];
  const updated = [weights, gradients, address('decay'), address('mean'), address('square')];
  return {
    ...(Object.fromEntries(arrays) as Record<ArrayName, Float32Array>),
    update: (scalars) => loops.update(...updated, bytes, decoupled, ...SCALARS.map((name) => scalars[name])),
    squares: () => loops.sumOfSquares(gradients, bytes),
    scale: (by) => loops.scale(gradients, bytes, by),
    blend: (fraction) => loops.blend(average, weights, bytes, fraction),
  };
}
