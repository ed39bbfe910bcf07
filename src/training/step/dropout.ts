import { Random } from '../../game/random.js';

/** Settings of inverted dropout of hidden units in training (Srivastava et al. 2014). It changes nothing in play. */
export interface Dropout {
  /** Probability that a unit is set to 0, below 1; 0: no dropout. */
  rate: number;
  /** Seed of the masks. */
  seed: number;
}

/** Number of the masks' random stream among those of a seed. */
const STREAM = 0xd09;

/**
 * Creates masks by name, [rows, columns] each: factors by which layers multiply their units. A factor is 0 with probability
 * `rate`, else 1 / (1 - rate). The factors depend only on the seed and the number of the training step, so a resumed run draws
 * the same ones. Without a step, in validation, all factors are 1.
 */
export function dropoutMasks(
  { rate, seed }: Dropout,
  columns: Readonly<Record<string, number>>,
  rows: number,
  step: number | undefined,
): Record<string, Float32Array> {
  const random = new Random(seed, STREAM, step ?? 0);
  const kept = 1 / (1 - rate);
  const masks = Object.entries(columns).map(([name, width]): [string, Float32Array] => {
    const mask = new Float32Array(rows * width).fill(1);
    if (step !== undefined) for (let i = 0; i < mask.length; i++) mask[i] = random.float() < rate ? 0 : kept;
    return [name, mask];
  });
  return Object.fromEntries(masks);
}
