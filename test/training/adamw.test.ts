import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { AdamW, type AdamWSettings } from '../../src/training/adamw.js';
import type { Parameter } from '../../src/training/network.js';
import { ADAMW } from './helpers.js';

const PARAMETERS: Parameter[] = [
  { name: 'a.weight', dims: [3, 4], start: 0, size: 12 },
  { name: 'a.bias', dims: [4], start: 12, size: 4 },
];
const SIZE = 16;

function normals(random: Random, deviation = 1): Float32Array {
  return Float32Array.from({ length: SIZE }, () => deviation * random.normal());
}

/** AdamW as Loshchilov and Hutter write it (algorithm 2), in 64 bits, with the gradients clipped first. */
class ReferenceAdamW {
  private readonly m = new Float64Array(SIZE);
  private readonly v = new Float64Array(SIZE);
  private t = 0;

  constructor(private readonly settings: AdamWSettings) {}

  update(weights: Float64Array, gradients: Float32Array, rate: number): number {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.settings;
    this.t++;
    const norm = Math.hypot(...gradients);
    for (let i = 0; i < SIZE; i++) {
      const g = norm > clipNorm ? (gradients[i]! * clipNorm) / norm : gradients[i]!;
      this.m[i] = beta1 * this.m[i]! + (1 - beta1) * g;
      this.v[i] = beta2 * this.v[i]! + (1 - beta2) * g * g;
      const mHat = this.m[i]! / (1 - beta1 ** this.t);
      const vHat = this.v[i]! / (1 - beta2 ** this.t);
      const decay = i < 12 ? weightDecay * weights[i]! : 0;
      weights[i]! -= rate * (mHat / (Math.sqrt(vHat) + epsilon) + decay);
    }
    return norm;
  }
}

describe('AdamW', () => {
  test.each([
    ADAMW,
    { ...ADAMW, weightDecay: 0.1, clipNorm: 1000 },
    { ...ADAMW, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 },
  ])('agrees with a 64-bit reference over 100 steps: %j', (settings) => {
    const random = new Random(11);
    const weights = normals(random, 0.1);
    const expected = Float64Array.from(weights);
    const adamW = new AdamW(PARAMETERS, settings);
    const reference = new ReferenceAdamW(settings);
    for (let step = 0; step < 100; step++) {
      const gradients = normals(random, step % 3 === 0 ? 0.05 : 2);
      const rate = 1e-3 * (1 + (step % 5));
      const norm = adamW.update(weights, gradients, rate);
      expect(norm).toBeCloseTo(reference.update(expected, gradients, rate), 5);
    }
    expect(adamW.step).toBe(100);
    weights.forEach((w, i) => {
      expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
    });
  });

  test('returns the norm before clipping, and clips to it exactly', () => {
    const gradients = new Float32Array(SIZE);
    gradients.set([3, 4]);
    const clipped = new AdamW(PARAMETERS, ADAMW);
    expect(clipped.update(new Float32Array(SIZE), gradients, 0)).toBe(5);
    expect(clipped.mean[0]).toBeCloseTo(0.1 * 0.6, 6);
    expect(clipped.mean[1]).toBeCloseTo(0.1 * 0.8, 6);
    const free = new AdamW(PARAMETERS, { ...ADAMW, clipNorm: 5 });
    free.update(new Float32Array(SIZE), gradients, 0);
    expect(free.mean[0]).toBeCloseTo(0.3, 6);
    expect([...gradients.subarray(0, 2)]).toEqual([3, 4]);
  });

  test('refuses a gradient that is not finite, and changes nothing', () => {
    const adamW = new AdamW(PARAMETERS, ADAMW);
    const weights = normals(new Random(1));
    const before = weights.slice();
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => adamW.update(weights, new Float32Array(SIZE).fill(bad, 3, 4), 0.1)).toThrow(/no longer finite/);
    }
    expect(weights).toEqual(before);
    expect(adamW.step).toBe(0);
    expect(adamW.mean.every((m) => m === 0)).toBe(true);
  });

  test('decays matrices and leaves biases alone', () => {
    const weights = new Float32Array(SIZE).fill(2);
    new AdamW(PARAMETERS, { ...ADAMW, weightDecay: 0.1 }).update(weights, new Float32Array(SIZE), 0.5);
    expect([...weights.subarray(0, 12)]).toEqual(Array(12).fill(Math.fround(2 * 0.95)));
    expect([...weights.subarray(12)]).toEqual(Array(4).fill(2));
  });
});
