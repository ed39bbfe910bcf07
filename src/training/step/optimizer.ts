export const OPTIMIZERS = ['adamw', 'adam', 'sgd'] as const;

export type OptimizerName = (typeof OPTIMIZERS)[number];

/** Which optimizer, and its constants. */
export interface OptimizerSettings {
  optimizer: OptimizerName;
  /** Of the gradients' running mean: the momentum of sgd, β1 of adam and adamw. */
  momentum: number;
  /** β2 of adam and adamw: of the running mean of the gradients' squares. */
  beta2: number;
  /** Of weight matrices; biases are not decayed. Decoupled in adamw, part of the gradient in the others. */
  weightDecay: number;
}

/** Weights, their gradients, and how they are updated: flat arrays that hold all parameters one after the other. */
export interface Optimizer {
  readonly name: OptimizerName;
  /** Updates made so far. */
  step: number;
  /** Zeros at first. */
  readonly weights: Float32Array;
  /** To be filled before each update. */
  readonly gradients: Float32Array;
  /** The weights' moving average, for who keeps one (weightAverage.ts). Zeros at first. */
  readonly average: Float32Array;
  /** What it remembers of each weight, by name; as long as the weights. */
  readonly slots: Readonly<Record<string, Float32Array>>;
  /** Sum of the squares of all gradients. */
  squares(): number;
  /** Multiplies all gradients. */
  scale(by: number): void;
  /** Changes the weights by the gradients. */
  update(learningRate: number): void;
  /** Moves the average by this part of its way to the weights. */
  blend(part: number): void;
}

/** What an optimizer needs to go on. */
export type OptimizerState = Pick<Optimizer, 'name' | 'step' | 'slots'>;

/** A copy of an optimizer's state. */
export function saveOptimizer({ name, step, slots }: Optimizer): OptimizerState {
  return {
    name,
    step,
    slots: Object.fromEntries(Object.entries(slots).map(([slot, values]) => [slot, values.slice()])),
  };
}

/** Puts a state back into an optimizer of the same kind and size. */
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
 * Scales gradients whose norm over all parameters is greater than `maxNorm` down to it; returns the norm before. Throws,
 * and changes nothing, if that is no finite number.
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
