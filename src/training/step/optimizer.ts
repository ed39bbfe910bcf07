export const OPTIMIZERS = ['adamw', 'adam', 'sgd'] as const;

export type OptimizerName = (typeof OPTIMIZERS)[number];

/** The name of an optimizer, and its constants. */
export interface OptimizerSettings {
  optimizer: OptimizerName;
  /** Decay of the running mean of gradients: the momentum of sgd, β1 of adam and adamw. */
  momentum: number;
  /** Decay of the running mean of squared gradients: β2 of adam and adamw. */
  beta2: number;
  /** Weight decay of matrices. Biases have none. adamw decouples it; adam and sgd add it to the gradient. */
  weightDecay: number;
}

/** An optimizer, which updates weights from their gradients. Both are flat arrays of all parameters, one after the other. */
export interface Optimizer {
  readonly name: OptimizerName;
  /** Updates made so far. */
  step: number;
  /** All weights; zeros at first. */
  readonly weights: Float32Array;
  /** All gradients. The caller fills them before each update. */
  readonly gradients: Float32Array;
  /** Moving average of the weights, which weightAverage.ts keeps. Zeros at first. */
  readonly average: Float32Array;
  /** State arrays of the optimizer, by name. Each has one number per weight. */
  readonly slots: Readonly<Record<string, Float32Array>>;
  /** Sum of the squares of all gradients. */
  squares(): number;
  /** Multiplies all gradients. */
  scale(by: number): void;
  /** Updates all weights once. */
  update(learningRate: number): void;
  /** Moves the average towards the weights, by a fraction of the difference. */
  blend(fraction: number): void;
}

/** The state from which an optimizer continues. */
export type OptimizerState = Pick<Optimizer, 'name' | 'step' | 'slots'>;

/** Returns a copy of an optimizer's state. */
export function saveOptimizer({ name, step, slots }: Optimizer): OptimizerState {
  return {
    name,
    step,
    slots: Object.fromEntries(Object.entries(slots).map(([slot, values]) => [slot, values.slice()])),
  };
}

/** Restores a saved state in an optimizer of the same kind and size. */
export function restoreOptimizer(optimizer: Optimizer, { step, slots }: OptimizerState): void {
  optimizer.step = step;
  for (const [slot, values] of Object.entries(optimizer.slots)) values.set(slots[slot]!);
}

/** Sum of the squares of all numbers, in 64 bits. */
export function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** Multiplies all numbers in place. */
export function multiply(values: Float32Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i]! *= by;
}

/**
 * Clips gradients by their global norm (Pascanu, Mikolov & Bengio 2013): scales them down to `maxNorm` if the norm over all
 * parameters is greater. Returns the norm before clipping. If the norm is not finite, it throws and changes nothing.
 */
export function clipByGlobalNorm(
  gradients: Float32Array | Pick<Optimizer, 'squares' | 'scale'>,
  maxNorm: number,
): number {
  const isArray = gradients instanceof Float32Array;
  const norm = Math.sqrt(isArray ? sumOfSquares(gradients) : gradients.squares());
  if (!Number.isFinite(norm)) throw new Error('the gradient is not finite; resume with a lower learning rate');
  if (norm > maxNorm) {
    if (isArray) multiply(gradients, maxNorm / norm);
    else gradients.scale(maxNorm / norm);
  }
  return norm;
}
