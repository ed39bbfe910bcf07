import type { Optimizer } from './optimizer.js';

/**
 * Exponential moving average of the weights, which plays better than the last ones alone while those still move (Polyak &
 * Juditsky 1992; as an exponential average Tarvainen & Valpola 2017).
 */
export class WeightAverage {
  /** Starts from the weights that the optimizer has now, and keeps the average in its array for it. */
  constructor(
    private readonly optimizer: Optimizer,
    /** Part of the average that stays in each step, once there are many; fewer at first, so that the start is forgotten. */
    private readonly decay: number,
  ) {
    optimizer.average.set(optimizer.weights);
  }

  /** The average so far, as long as the network's weights. */
  get weights(): Float32Array {
    return this.optimizer.average;
  }

  /** Takes in the weights after a step of training. */
  update(): void {
    const { step } = this.optimizer;
    this.optimizer.blend(1 - Math.min(this.decay, (1 + step) / (10 + step)));
  }
}
