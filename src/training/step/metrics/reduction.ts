/** Reduction of n losses: `mean` and `sum` give one number, `none` keeps all n. */
export type Reduction = 'mean' | 'sum' | 'none';

/** Reduces losses in 64 bits. */
export function reduce(losses: Float64Array, reduction: Reduction): number | Float64Array {
  if (reduction === 'none') return losses;
  const sum = losses.reduce((a, b) => a + b, 0);
  return reduction === 'sum' ? sum : sum / losses.length;
}
