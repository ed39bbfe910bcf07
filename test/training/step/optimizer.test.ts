import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import type { Parameter } from '../../../src/network/network.js';
import {
  clipByGlobalNorm,
  OPTIMIZERS,
  type OptimizerSettings,
  restoreOptimizer,
  saveOptimizer,
} from '../../../src/training/step/optimizer.js';
import { createOptimizer } from '../../../src/training/step/optimizers.js';

// Neither boundary is a multiple of the number of floats that are updated at a time.
const PARAMETERS: Parameter[] = [
  { name: 'a.weight', dims: [3, 5], start: 0, size: 15 },
  { name: 'a.bias', dims: [6], start: 15, size: 6 },
];
const SIZE = 21;
const MATRIX = 15;

const ADAMW: OptimizerSettings = { optimizer: 'adamw', momentum: 0.9, beta2: 0.999, weightDecay: 1e-4 };

function normals(random: Random, deviation = 1): Float32Array {
  return Float32Array.from({ length: SIZE }, () => deviation * random.normal());
}

/** The optimizers as their papers define them, in 64 bits. */
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
      const found = createOptimizer(PARAMETERS, settings);
      const { weights } = found;
      weights.set(normals(random, 0.1));
      const expected = Float64Array.from(weights);
      const reference = new Reference(settings);
      for (let step = 0; step < 100; step++) {
        const gradients = normals(random, step % 3 === 0 ? 0.01 : 0.2);
        const rate = 1e-3 * (1 + (step % 5));
        found.gradients.set(gradients);
        found.update(rate);
        reference.update(expected, gradients, rate);
      }
      expect(found.step).toBe(100);
      weights.forEach((w, i) => {
        expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
      });
    },
  );

  test('resumes from a saved state as if never interrupted, and the state is a copy', () => {
    const train = (from: number, to: number, found = createOptimizer(PARAMETERS, { ...ADAMW, optimizer })) => {
      for (let step = from; step < to; step++) {
        found.gradients.set(normals(new Random(step)));
        found.update(0.01);
      }
      return found;
    };
    const whole = train(0, 9);
    const half = train(0, 4);
    const [weights, state] = [half.weights.slice(), saveOptimizer(half)];
    train(4, 6, half);
    expect(state.step).toBe(4);
    const resumed = createOptimizer(PARAMETERS, { ...ADAMW, optimizer });
    resumed.weights.set(weights);
    restoreOptimizer(resumed, state);
    train(4, 9, resumed);
    expect(resumed.weights).toEqual(whole.weights);
    expect(saveOptimizer(resumed)).toEqual(saveOptimizer(whole));
    expect(resumed.name).toBe(optimizer);
  });

  test('moments fade without denormal numbers', () => {
    if (optimizer === 'sgd') return;
    const found = createOptimizer(PARAMETERS, { ...ADAMW, optimizer, weightDecay: 0, beta2: 0.9 });
    found.gradients.fill(1e-3);
    found.update(1e-3);
    found.gradients.fill(0);
    for (let step = 0; step < 1500; step++) found.update(1e-3);
    for (const slot of Object.values(found.slots)) {
      // The product of a moment and the learning rate is not denormal either.
      for (const moment of slot) expect(moment === 0 || (moment > 1e-33 && moment < 1e-28)).toBe(true);
    }
    expect(found.weights.every(Number.isFinite)).toBe(true);
  });

  test('decays matrices and not biases', () => {
    const found = createOptimizer(PARAMETERS, { ...ADAMW, optimizer, weightDecay: 0.1 });
    found.weights.fill(2);
    found.update(0.5);
    // Adam adds the decay to the gradient, and then divides the gradient by its size.
    const expected = { adamw: 2 * 0.95, sgd: 2 - 0.5 * 0.2, adam: 2 - 0.5 }[optimizer];
    for (const w of found.weights.subarray(0, MATRIX)) expect(w).toBeCloseTo(expected, 6);
    expect([...found.weights.subarray(MATRIX)]).toEqual(Array(SIZE - MATRIX).fill(2));
  });
});

describe.each(OPTIMIZERS)('clipping by global norm, %s', (optimizer) => {
  const create = () => createOptimizer(PARAMETERS, { ...ADAMW, optimizer });

  test('returns the norm before clipping, and scales down to the maximum', () => {
    const found = create();
    const { gradients } = found;
    expect(clipByGlobalNorm(found, 1)).toBe(0);
    gradients.set([3, 4]);
    expect(clipByGlobalNorm(found, 5)).toBe(5);
    expect([...gradients.subarray(0, 2)]).toEqual([3, 4]);
    expect(clipByGlobalNorm(found, 1)).toBe(5);
    expect([...gradients.subarray(0, 3)]).toEqual([Math.fround(0.6), Math.fround(0.8), 0]);
    expect(clipByGlobalNorm(found, 0.5)).toBeCloseTo(1, 6);
  });

  test('scales every gradient', () => {
    const found = create();
    found.gradients.set(Array.from({ length: SIZE }, (_, i) => i + 1));
    found.scale(0.5);
    expect([...found.gradients]).toEqual(Array.from({ length: SIZE }, (_, i) => (i + 1) / 2));
  });

  test('counts every gradient once', () => {
    const found = create();
    found.gradients.set(Array.from({ length: SIZE }, (_, i) => i + 1));
    expect(found.squares()).toBe((SIZE * (SIZE + 1) * (2 * SIZE + 1)) / 6);
    for (let i = 0; i < SIZE; i++) {
      found.gradients.fill(0);
      found.gradients[i] = -2;
      expect(found.squares()).toBe(4);
    }
  });

  test('refuses a gradient that is not finite, and changes nothing', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const found = create();
      found.gradients.fill(7);
      found.gradients[3] = bad;
      const before = found.gradients.slice();
      expect(() => clipByGlobalNorm(found, 1)).toThrow(/not finite; resume with a lower learning rate/);
      expect(found.gradients).toEqual(before);
    }
  });
});
