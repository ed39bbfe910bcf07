import { type Parameter, sizeOf } from '../../network/network.js';
import { multiply, type Optimizer, type OptimizerSettings, sumOfSquares } from './optimizer.js';

/** Stochastic gradient descent with momentum (Polyak 1964): v ← momentum · v + g, w ← w - rate · v. */
export class Sgd implements Optimizer {
  readonly name = 'sgd';
  step = 0;
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  readonly average: Float32Array;
  readonly slots: { readonly velocity: Float32Array };

  constructor(
    private readonly parameters: readonly Parameter[],
    private readonly settings: Pick<OptimizerSettings, 'momentum' | 'weightDecay'>,
  ) {
    const size = sizeOf(parameters);
    this.weights = new Float32Array(size);
    this.gradients = new Float32Array(size);
    this.average = new Float32Array(size);
    this.slots = { velocity: new Float32Array(size) };
  }

  squares(): number {
    return sumOfSquares(this.gradients);
  }

  scale(by: number): void {
    multiply(this.gradients, by);
  }

  blend(fraction: number): void {
    const { weights, average } = this;
    for (let i = 0; i < average.length; i++) average[i]! += fraction * (weights[i]! - average[i]!);
  }

  update(learningRate: number): void {
    const { momentum, weightDecay } = this.settings;
    const { weights, gradients } = this;
    const { velocity } = this.slots;
    this.step++;
    for (const { dims, start, size } of this.parameters) {
      const decay = dims.length > 1 ? weightDecay : 0;
      for (let i = start; i < start + size; i++) {
        const v = momentum * velocity[i]! + gradients[i]! + decay * weights[i]!;
        velocity[i] = v;
        weights[i]! -= learningRate * v;
      }
    }
  }
}
