/** Initial factor. All factors are powers of 2, which change no digits. */
const FIRST = 2 ** 16;
/** Minimum factor. */
const MIN = 1;
/** Maximum factor. */
const MAX = 2 ** 24;
/** Number of consecutive steps without an overflow after which the factor doubles. */
const PATIENCE = 2000;

/** The state from which dynamic loss scaling continues. */
export interface LossScaleState {
  factor: number;
  /** Steps without an overflow since the factor last changed. */
  steps: number;
}

/**
 * Dynamic loss scaling (Micikevicius et al. 2018, sections 3.2 and 4). The loss is multiplied by a factor, so that small
 * gradients are not 0 in half precision, and the gradients are divided by it. If the gradients overflow, the factor halves and
 * the step is skipped. After 2000 consecutive steps without an overflow the factor doubles.
 */
export class LossScale {
  private steps = 0;

  /** Keeps the factor in an array of one element, which the backend reads. */
  constructor(private readonly shared: Float32Array) {
    shared[0] = FIRST;
  }

  /** Factor that the loss is multiplied with. */
  get factor(): number {
    return this.shared[0]!;
  }

  /**
   * Adapts the factor to a step, given the sum of its squared gradients. Returns whether the step must be skipped. It must be
   * skipped if its gradients overflow, unless the factor is already at its minimum.
   */
  observe(squares: number): boolean {
    if (!Number.isFinite(squares)) {
      this.steps = 0;
      if (this.factor === MIN) return false;
      this.shared[0] = Math.max(MIN, this.factor / 2);
      return true;
    }
    if (++this.steps === PATIENCE) {
      this.steps = 0;
      this.shared[0] = Math.min(MAX, 2 * this.factor);
    }
    return false;
  }

  /** State for a checkpoint. */
  save(): LossScaleState {
    return { factor: this.factor, steps: this.steps };
  }

  /** Continues from a saved state. */
  restore({ factor, steps }: LossScaleState): void {
    this.shared[0] = factor;
    this.steps = steps;
  }
}
