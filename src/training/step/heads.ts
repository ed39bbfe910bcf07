import { CELLS } from '../../game/wall.js';
import type { TrainingHeads } from '../../network/network.js';
import type { Batch } from '../data/batch.js';
import type { PolicyLossSettings } from './losses.js';
import type { LossSpec } from './lossRegistry.js';

/** Training of a head that predicts numbers. */
interface ValueHead {
  /** What it predicts, as the configuration's help says it. */
  predicts: string;
  /** The batch's array of targets. */
  target: keyof Batch;
  /** Predicted numbers per seat. */
  perSeat: number;
  /** How much its loss counts in the total, unless the configuration says otherwise. */
  weight: number;
}

/**
 * The network's heads that predict numbers, by their names in `TrainingHeads`. Each has a loss and a weight in the
 * configuration and in the metrics: `valueLoss` and `valueWeight`.
 */
export const VALUE_HEADS = {
  value: { predicts: 'result', target: 'outcome', perSeat: 1, weight: 1 },
  margin: { predicts: 'score margin', target: 'margin', perSeat: 1, weight: 0.5 },
  ownership: { predicts: 'walls at the end of the game', target: 'ownership', perSeat: CELLS, weight: 0.15 },
} as const satisfies { [name in keyof TrainingHeads]?: ValueHead };

/** A name in `VALUE_HEADS`. */
export type ValueHeadName = keyof typeof VALUE_HEADS;
/** A head that has a loss. */
export type HeadName = 'policy' | ValueHeadName;
/** The name of a head's loss in the metrics and in the configuration. */
export type LossName = `${HeadName}Loss`;

export const VALUE_HEAD_NAMES = Object.keys(VALUE_HEADS) as ValueHeadName[];
export const HEAD_NAMES: readonly HeadName[] = ['policy', ...VALUE_HEAD_NAMES];

/** A number for each head's loss. */
export type Losses = Record<LossName, number>;

/** The losses to lower, as `policyLosses` and `valueLosses` know them, and how much each counts. */
export type LossSettings = PolicyLossSettings & Record<LossName, LossSpec> & Record<`${HeadName}Weight`, number>;
