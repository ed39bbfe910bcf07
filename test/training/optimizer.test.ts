import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import type { Parameter } from '../../src/training/network.js';
import {
  clipByGlobalNorm,
  createOptimizer,
  OPTIMIZERS,
  type OptimizerSettings,
  restoreOptimizer,
  saveOptimizer,
} from '../../src/training/optimizer.js';

const PARAMETERS: Parameter[] = [
  { name: 'a.weight', dims: [3, 5], start: 0, size: 15 },
  { name: 'a.bias', dims: [5], start: 15, size: 5 },
];
const SIZE = 20;
const MATRIX = 15;

const ADAMW: OptimizerSettings = { optimizer: 'adamw', momentum: 0.9, beta2: 0.999, weightDecay: 1e-4 };

function normals(random: Random, deviation = 1): Float32Array {
  return Float32Array.from({ length: SIZE }, () => deviation * random.normal());
}

/** The optimizers as their papers write them, in 64 bits. */
class Reference {
  private readonly m = new Float64Array(SIZE);
  private readonly v = new Float64Array(SIZE);
  private t = 0;

  constructor(private readonly settings: OptimizerSettings) {}

  update(weights: Float64Array, gradients: Float32Array, rate: number): void {
    const { optimizer, momentum, beta2, weightDecay } = this.settings;
    this.t++;
    for (let i = 0; i < SIZE; i++) {
      const decay = i < MATRIX ? weightDecay * weights[i]! : 0;
      const g = gradients[i]! + (optimizer === 'adamw' ? 0 : decay);
      if (optimizer === 'sgd') {
        this.m[i] = momentum * this.m[i]! + g;
        weights[i]! -= rate * this.m[i]!;
        continue;
      }
      this.m[i] = momentum * this.m[i]! + (1 - momentum) * g;
      this.v[i] = beta2 * this.v[i]! + (1 - beta2) * g * g;
      const mHat = this.m[i]! / (1 - momentum ** this.t);
      const vHat = this.v[i]! / (1 - beta2 ** this.t);
      weights[i]! -= rate * (mHat / (Math.sqrt(vHat) + 1e-8) + (optimizer === 'adamw' ? decay : 0));
    }
  }
}

describe.each(OPTIMIZERS)('%s', (optimizer) => {
  test.each([{}, { weightDecay: 0.1 }, { weightDecay: 0 }, { momentum: 0.5, beta2: 0.9 }, { momentum: 0 }])(
    'agrees with a 64-bit reference over 100 steps: %j',
    (changes) => {
      const settings = { ...ADAMW, ...changes, optimizer };
      const random = new Random(11);
      const weights = normals(random, 0.1);
      const expected = Float64Array.from(weights);
      const found = createOptimizer(PARAMETERS, settings);
      const reference = new Reference(settings);
      for (let step = 0; step < 100; step++) {
        const gradients = normals(random, step % 3 === 0 ? 0.01 : 0.2);
        const rate = 1e-3 * (1 + (step % 5));
        found.update(weights, gradients, rate);
        reference.update(expected, gradients, rate);
      }
      expect(found.step).toBe(100);
      weights.forEach((w, i) => {
        expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
      });
    },
  );

  test('goes on from a saved state as if never interrupted, and the state is a copy', () => {
    const settings = { ...ADAMW, optimizer };
    const run = (steps: number, from: { weights: Float32Array; state?: ReturnType<typeof saveOptimizer> }) => {
      const random = new Random(5);
      for (let i = 0; i < (from.state?.step ?? 0); i++) normals(random);
      const found = createOptimizer(PARAMETERS, settings);
      if (from.state) restoreOptimizer(found, from.state);
      for (let step = 0; step < steps; step++) found.update(from.weights, normals(random), 0.01);
      return { weights: from.weights, state: saveOptimizer(found), found };
    };
    const whole = run(9, { weights: new Float32Array(SIZE) });
    const half = run(4, { weights: new Float32Array(SIZE) });
    const saved = half.state;
    half.found.update(new Float32Array(SIZE), new Float32Array(SIZE).fill(1), 0.1);
    expect(saved.step).toBe(4);
    const resumed = run(5, { weights: half.weights, state: saved });
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.state).toEqual(whole.state);
    expect(resumed.state.name).toBe(optimizer);
  });

  test('decays matrices and leaves biases alone', () => {
    const weights = new Float32Array(SIZE).fill(2);
    const gradients = new Float32Array(SIZE);
    createOptimizer(PARAMETERS, { ...ADAMW, optimizer, weightDecay: 0.1 }).update(weights, gradients, 0.5);
    // Adam divides the decay, as it does all of the gradient, by its size.
    const expected = { adamw: 2 * 0.95, sgd: 2 - 0.5 * 0.2, adam: 2 - 0.5 }[optimizer];
    expect([...weights.subarray(0, MATRIX)]).toEqual(Array(MATRIX).fill(Math.fround(expected)));
    expect([...weights.subarray(MATRIX)]).toEqual(Array(SIZE - MATRIX).fill(2));
  });
});

describe('clipping by global norm', () => {
  test('returns the norm before, and scales to the greatest allowed', () => {
    const gradients = new Float32Array(SIZE);
    gradients.set([3, 4]);
    expect(clipByGlobalNorm(gradients, 5)).toBe(5);
    expect([...gradients.subarray(0, 2)]).toEqual([3, 4]);
    expect(clipByGlobalNorm(gradients, 1)).toBe(5);
    expect([...gradients.subarray(0, 3)]).toEqual([Math.fround(0.6), Math.fround(0.8), 0]);
    expect(clipByGlobalNorm(gradients, 0.5)).toBeCloseTo(1, 6);
    expect(clipByGlobalNorm(new Float32Array(3), 1)).toBe(0);
  });

  test('refuses a gradient that is not finite, and changes nothing', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const gradients = new Float32Array(SIZE).fill(7);
      gradients[3] = bad;
      const before = gradients.slice();
      expect(() => clipByGlobalNorm(gradients, 1)).toThrow(/no longer finite; resume with a lower learning rate/);
      expect(gradients).toEqual(before);
    }
  });
});
