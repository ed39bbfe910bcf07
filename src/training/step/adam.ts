import { type Parameter, sizeOf } from '../../network/network.js';
import { createAdamKernel } from './adamKernel.js';
import type { Optimizer, OptimizerSettings } from './optimizer.js';

const EPSILON = 1e-8;
/** Moments far below this round to 0. Compared with ε they are negligible. */
const TINY = 1e-24;

/**
 * Adam (Kingma & Ba 2015). `adam` adds the weight decay to the gradient. `adamw` decouples it (Loshchilov & Hutter 2019): it
 * subtracts rate · decay · weight from each weight, independently of the gradient.
 */
export class Adam implements Optimizer {
  readonly name: 'adam' | 'adamw';
  step = 0;
  private readonly kernel;

  constructor(
    parameters: readonly Parameter[],
    private readonly settings: OptimizerSettings,
  ) {
    this.name = settings.optimizer === 'adam' ? 'adam' : 'adamw';
    this.kernel = createAdamKernel(sizeOf(parameters), this.name === 'adamw');
    for (const { dims, start, size } of parameters) {
      if (dims.length > 1) this.kernel.decay.fill(settings.weightDecay, start, start + size);
    }
  }

  get weights(): Float32Array {
    return this.kernel.weights;
  }

  get gradients(): Float32Array {
    return this.kernel.gradients;
  }

  get average(): Float32Array {
    return this.kernel.average;
  }

  /** Running means of the gradients and of their squares. */
  get slots() {
    return { mean: this.kernel.mean, square: this.kernel.square };
  }

  squares(): number {
    return this.kernel.squares();
  }

  scale(by: number): void {
    this.kernel.scale(by);
  }

  blend(fraction: number): void {
    this.kernel.blend(fraction);
  }

  update(learningRate: number): void {
    const { momentum: beta1, beta2 } = this.settings;
    this.step++;
    // Scaling rate and ε once replaces the bias correction of every moment (Kingma & Ba 2015, end of section 2).
    const correction = Math.sqrt(1 - beta2 ** this.step);
    this.kernel.update({
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      rate: (learningRate * correction) / (1 - beta1 ** this.step),
      epsilon: EPSILON * correction,
      decayRate: learningRate,
      tiny: TINY,
    });
  }
}
