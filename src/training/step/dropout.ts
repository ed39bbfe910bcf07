import { Random } from '../../game/random.js';

/** Dropout of hidden units in training (Srivastava et al. 2014), in its inverted form, which needs no change for play. */
export interface Dropout {
  /** Probability that a unit is set to 0, below 1; 0: no dropout. */
  rate: number;
  /** Seed of the masks. */
  seed: number;
}

/** Key of the masks among the random streams of a seed. */
const STREAM = 0xd09;

/**
 * Factors that multiply the units of the given numbers of columns, in n rows each: 0 with probability `rate`, else
 * 1 / (1 - rate). They depend on the seed and on the number of the training step alone, so a resumed run draws the same.
 * Without a step, in validation, all are 1.
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
