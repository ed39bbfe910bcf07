/** Direction of a metric: `min` if lower values are better, as for a loss, `max` if higher ones are, as for an accuracy. */
export type Mode = 'min' | 'max';

/** Whether a value improves on the best so far by more than `minDelta`. NaN never does. */
export function improves(value: number, best: number | null, mode: Mode, minDelta: number): boolean {
  if (best === null) return !Number.isNaN(value);
  return mode === 'min' ? value < best - minDelta : value > best + minDelta;
}

/** Settings that say when a metric no longer improves. */
export interface EarlyStoppingSettings {
  /** Number of consecutive epochs without improvement after which training stops. */
  patience: number;
  /** Difference to the best value that an improvement must exceed. */
  minDelta: number;
  /** Whether lower or higher values are better. Default `min`. */
  mode?: Mode;
}

/** Ends training once a metric on held-out data no longer improves (Prechelt 1998, "Early Stopping, But When?"). */
export class EarlyStopping {
  /** The epoch with the best value so far, from 1; 0 before the first. */
  bestEpoch = 0;
  /** The best value so far; null before the first epoch. */
  best: number | null = null;

  constructor(private readonly settings: EarlyStoppingSettings) {}

  /** Takes the value of an epoch. Returns whether it improves on the best. */
  observe(epoch: number, value: number): boolean {
    const { mode = 'min', minDelta } = this.settings;
    if (!improves(value, this.best, mode, minDelta)) return false;
    this.best = value;
    this.bestEpoch = epoch;
    return true;
  }

  /** Whether training should stop after an epoch. */
  isOver(epoch: number): boolean {
    return epoch - this.bestEpoch >= this.settings.patience;
  }
}
