import type { Parameter } from './network.js';

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decay of weight matrices per step and unit of learning rate; biases are not decayed. */
  weightDecay: number;
  /** Gradients with a greater norm over all parameters are scaled down to it. */
  clipNorm: number;
}

/** Adam with decoupled weight decay (Loshchilov & Hutter 2019) and clipping by global norm, in place on flat arrays. */
export class AdamW {
  /** Updates made so far. */
  step = 0;
  /** Running means of the gradients and of their squares. */
  readonly mean: Float32Array;
  readonly square: Float32Array;

  constructor(
    private readonly parameters: readonly Parameter[],
    private readonly settings: AdamWSettings,
  ) {
    const last = parameters[parameters.length - 1]!;
    this.mean = new Float32Array(last.start + last.size);
    this.square = new Float32Array(last.start + last.size);
  }

  /** Updates the weights; returns the norm of the gradients before clipping. Throws, and changes nothing, if it is none. */
  update(weights: Float32Array, gradients: Float32Array, learningRate: number): number {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.settings;
    const norm = Math.sqrt(sumOfSquares(gradients));
    if (!Number.isFinite(norm)) throw new Error('the gradient is no longer finite; resume with a lower learning rate');
    this.step++;
    const scale = norm > clipNorm ? clipNorm / norm : 1;
    const rate = learningRate / (1 - beta1 ** this.step);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.step);
    const { mean, square } = this;
    for (const { dims, start, size } of this.parameters) {
      const keep = dims.length > 1 ? 1 - learningRate * weightDecay : 1;
      for (let i = start; i < start + size; i++) {
        const g = gradients[i]! * scale;
        const m = beta1 * mean[i]! + (1 - beta1) * g;
        const s = beta2 * square[i]! + (1 - beta2) * g * g;
        mean[i] = m;
        square[i] = s;
        weights[i] = weights[i]! * keep - (rate * m) / (Math.sqrt(s) * correction + epsilon);
      }
    }
    return norm;
  }
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
