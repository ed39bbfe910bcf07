import { CELLS } from '../../game/wall.js';
import type { TrainingHeads } from '../../network/network.js';
import type { Batch } from '../data/batch.js';
import type { PolicyLossSettings } from './losses.js';
import type { LossSpec } from './lossRegistry.js';

/** How a head that predicts numbers is trained. */
interface ValueHead {
  /** The predicted quantity, in the words of the configuration's help. */
  predicts: string;
  /** The batch's array of targets. */
  target: keyof Batch;
  /** Predicted numbers per seat. */
  perSeat: number;
  /** Default weight of its loss in the total loss. */
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

/** The loss of each head. */
export type Losses = Record<LossName, number>;

/** Settings of the loss: each head's loss in `policyLosses` or `valueLosses`, and its weight in the total loss. */
export type LossSettings = PolicyLossSettings & Record<LossName, LossSpec> & Record<`${HeadName}Weight`, number>;
