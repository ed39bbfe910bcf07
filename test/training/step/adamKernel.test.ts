import { expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { type AdamKernel, createAdamKernel } from '../../../src/training/step/adamKernel.js';

const f = Math.fround;
const ARRAYS = ['weights', 'gradients', 'decay', 'mean', 'square', 'average'] as const;

/** The kernel in plain JavaScript: the same order of operations, each rounded to 32 bits. */
function createReference(size: number, decoupled: boolean): AdamKernel {
  const array = () => new Float32Array(size);
  const [weights, gradients, decay, mean, square, average] = [array(), array(), array(), array(), array(), array()];
  return {
    ...{ weights, gradients, decay, mean, square, average },
    update(scalars) {
      const [beta1, rest1, beta2, rest2] = [f(scalars.beta1), f(scalars.rest1), f(scalars.beta2), f(scalars.rest2)];
      const [rate, epsilon, decayRate] = [f(scalars.rate), f(scalars.epsilon), f(scalars.decayRate)];
      const tiny = f(scalars.tiny);
      const flushed = (moment: number) => f(f(moment + tiny) - tiny);
      for (let i = 0; i < size; i++) {
        const decayed = f(decay[i]! * weights[i]!);
        const g = decoupled ? gradients[i]! : f(gradients[i]! + decayed);
        const w = decoupled ? f(weights[i]! - f(decayRate * decayed)) : weights[i]!;
        mean[i] = flushed(f(f(beta1 * mean[i]!) + f(rest1 * g)));
        square[i] = flushed(f(f(beta2 * square[i]!) + f(rest2 * f(g * g))));
        weights[i] = f(w - f(f(rate * mean[i]!) / f(f(Math.sqrt(square[i]!)) + epsilon)));
      }
    },
    squares() {
      const sums = [0, 0, 0, 0];
      for (let i = 0; i < size; i += 16) {
        for (let lane = 0; lane < 4; lane++) {
          const four = [0, 4, 8, 12].map((vector) => f((gradients[i + vector + lane] ?? 0) ** 2));
          sums[lane]! += four.reduce((sum, value) => f(sum + value));
        }
      }
      return sums[0]! + sums[2]! + (sums[1]! + sums[3]!);
    },
    scale(by) {
      for (let i = 0; i < size; i++) gradients[i] = f(gradients[i]! * f(by));
    },
    blend(part) {
      for (let i = 0; i < size; i++) average[i] = f(average[i]! + f(f(part) * f(weights[i]! - average[i]!)));
    },
  };
}

// Lengths around the floats in a vector, in a round and in a page of memory, and one of many rounds.
const SIZES = [1, 4, 15, 16, 17, 16_384, 100_003];

test.each(SIZES.flatMap((size) => [true, false].map((decoupled) => ({ size, decoupled }))))(
  'the kernel equals plain JavaScript bit for bit: $size floats, decoupled decay $decoupled',
  ({ size, decoupled }) => {
    const random = new Random(size);
    const kernel = createAdamKernel(size, decoupled);
    const reference = createReference(size, decoupled);
    const fill = (array: 'weights' | 'gradients' | 'decay', value: () => number) => {
      for (let i = 0; i < size; i++) reference[array][i] = value();
      kernel[array].set(reference[array]);
    };
    const expectEqual = () => {
      for (const name of ARRAYS) {
        // Comparing bits: NaN equals itself, and 0 differs from -0.
        const [found, expected] = [kernel[name], reference[name]].map((array) => Buffer.from(array.slice().buffer));
        expect(found!.equals(expected!), name).toBe(true);
      }
    };
    fill('weights', () => (random.float() < 0.05 ? -0 : 0.1 * random.normal()));
    fill('decay', () => (random.float() < 0.5 ? 0 : 0.01));
    for (let step = 1; step <= 12; step++) {
      // Gradients from ordinary sizes to ones with denormal squares, and zeros, which let the moments fade.
      const exponent = () => (step > 9 ? -40 : -1 - 22 * random.float());
      fill('gradients', () => (random.float() < 0.1 ? 0 : random.normal() * 10 ** exponent()));
      expect(kernel.squares()).toBe(reference.squares());
      const part = random.float();
      for (const either of [kernel, reference]) {
        either.scale(0.7);
        either.update({
          beta1: 0.9,
          rest1: 1 - 0.9,
          beta2: 0.999,
          rest2: 1 - 0.999,
          rate: 1e-3 / step,
          epsilon: 1e-8 * step,
          decayRate: 2e-3,
          tiny: 1e-24,
        });
        either.blend(part);
      }
      expectEqual();
    }
  },
);
