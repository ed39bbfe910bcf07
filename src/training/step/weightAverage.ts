import type { Optimizer } from './optimizer.js';

/**
 * Exponential moving average of the weights (Polyak & Juditsky 1992; exponential in Tarvainen & Valpola 2017). While the
 * weights still change, their average plays better than the last weights.
 */
export class WeightAverage {
  /** Starts from the optimizer's weights, and keeps the average in the optimizer's array `average`. */
  constructor(
    private readonly optimizer: Optimizer,
    /** Fraction of the average that each step keeps. The first steps keep less, to forget the initial weights. */
    private readonly decay: number,
  ) {
    optimizer.average.set(optimizer.weights);
  }

  /** The average so far, in the order of the weights. */
  get weights(): Float32Array {
    return this.optimizer.average;
  }

  /** Updates the average with the current weights, after a training step. */
  update(): void {
    const { step } = this.optimizer;
    this.optimizer.blend(1 - Math.min(this.decay, (1 + step) / (10 + step)));
  }
}
