/** Which values of a metric are better: low ones, as of a loss, or high ones, as of an accuracy. */
export type Mode = 'min' | 'max';

/** Whether a value improves on the best so far by more than `minDelta`. NaN never does. */
export function improves(value: number, best: number | null, mode: Mode, minDelta: number): boolean {
  if (best === null) return !Number.isNaN(value);
  return mode === 'min' ? value < best - minDelta : value > best + minDelta;
}

/** When a metric counts as improving no more. */
export interface EarlyStoppingSettings {
  /** Epochs in a row that may fail to improve on the best. */
  patience: number;
  /** An improvement by no more than this is none. */
  minDelta: number;
  /** Default `min`. */
  mode?: Mode;
}

/** Ends training once a metric on held-out data has stopped to improve (Prechelt 1998, "Early Stopping, But When?"). */
export class EarlyStopping {
  /** The epoch with the best value so far, from 1; 0 before the first. */
  bestEpoch = 0;
  /** The value of that epoch; null before the first. */
  best: number | null = null;

  constructor(private readonly settings: EarlyStoppingSettings) {}

  /** Notes the value of an epoch. Returns whether it is the best so far. */
  observe(epoch: number, value: number): boolean {
    const { mode = 'min', minDelta } = this.settings;
    if (!improves(value, this.best, mode, minDelta)) return false;
    this.best = value;
    this.bestEpoch = epoch;
    return true;
  }

  /** Whether patience has run out after an epoch. */
  isOver(epoch: number): boolean {
    return epoch - this.bestEpoch >= this.settings.patience;
  }
}
