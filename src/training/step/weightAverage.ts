import type { Optimizer } from './optimizer.js';

/**
 * Exponential moving average of the weights (Polyak & Juditsky 1992; exponential in Tarvainen & Valpola 2017). It plays better
 * than the last weights while those still change.
 */
export class WeightAverage {
  /** Starts from the optimizer's weights, and keeps the average in the optimizer's array `average`. */
  constructor(
    private readonly optimizer: Optimizer,
    /** Fraction of the average that stays in each step. It is lower in the first steps, to forget the initial weights. */
    private readonly decay: number,
  ) {
    optimizer.average.set(optimizer.weights);
  }

  /** The average so far, in the order of the weights. */
  get weights(): Float32Array {
    return this.optimizer.average;
  }

  /** Adds the weights after a training step. */
  update(): void {
    const { step } = this.optimizer;
    this.optimizer.blend(1 - Math.min(this.decay, (1 + step) / (10 + step)));
  }
}
