import type { Parameter } from './network.js';
import type { Optimizer, OptimizerSettings } from './optimizer.js';

const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba 2015), the weight decay added to the gradient; as `adamw` with decoupled decay (Loshchilov & Hutter
 * 2019), which takes rate · decay of each weight instead, whatever the gradients' sizes.
 */
export class Adam implements Optimizer {
  readonly name: 'adam' | 'adamw';
  step = 0;
  /** Running means of the gradients and of their squares. */
  readonly slots: { readonly mean: Float32Array; readonly square: Float32Array };

  constructor(
    private readonly parameters: readonly Parameter[],
    private readonly settings: OptimizerSettings,
  ) {
    this.name = settings.optimizer === 'adam' ? 'adam' : 'adamw';
    const last = parameters.at(-1)!;
    const size = last.start + last.size;
    this.slots = { mean: new Float32Array(size), square: new Float32Array(size) };
  }

  update(weights: Float32Array, gradients: Float32Array, learningRate: number): void {
    const { momentum: beta1, beta2, weightDecay } = this.settings;
    const { mean, square } = this.slots;
    this.step++;
    const rate = learningRate / (1 - beta1 ** this.step);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.step);
    for (const { dims, start, size } of this.parameters) {
      const decay = dims.length > 1 ? weightDecay : 0;
      const keep = this.name === 'adamw' ? 1 - learningRate * decay : 1;
      const coupled = this.name === 'adam' ? decay : 0;
      for (let i = start; i < start + size; i++) {
        const w = weights[i]!;
        const g = gradients[i]! + coupled * w;
        const m = beta1 * mean[i]! + (1 - beta1) * g;
        const s = beta2 * square[i]! + (1 - beta2) * g * g;
        mean[i] = m;
        square[i] = s;
        weights[i] = w * keep - (rate * m) / (Math.sqrt(s) * correction + EPSILON);
      }
    }
  }
}
