/**
 * Exponential moving average of the weights, which plays better than the last ones alone while those still move (Polyak &
 * Juditsky 1992; as an exponential average Tarvainen & Valpola 2017).
 */
export class WeightAverage {
  readonly weights: Float32Array;

  constructor(
    initial: Float32Array,
    /** Part of the average that stays in each step, once there are many; fewer at first, so that the start is forgotten. */
    private readonly decay: number,
  ) {
    this.weights = initial.slice();
  }

  /** Takes in the weights after so many steps of training. */
  update(weights: Float32Array, steps: number): void {
    const average = this.weights;
    const part = 1 - Math.min(this.decay, (1 + steps) / (10 + steps));
    for (let i = 0; i < average.length; i++) average[i]! += part * (weights[i]! - average[i]!);
  }
}
