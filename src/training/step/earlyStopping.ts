/** When a loss counts as falling no more. */
export interface EarlyStoppingSettings {
  /** Epochs in a row that may fail to improve on the best. */
  patience: number;
  /** An improvement by no more than this is none. */
  minDelta: number;
}

/** When training on a fixed set of games has to end: once the loss of games held out has stopped to fall (Prechelt 1998). */
export class EarlyStopping {
  /** The epoch with the lowest loss so far, from 1; 0 before the first. */
  bestEpoch = 0;
  private best = Number.POSITIVE_INFINITY;

  constructor(private readonly settings: EarlyStoppingSettings) {}

  /** Notes the loss of an epoch; whether it is the best so far. */
  observe(epoch: number, loss: number): boolean {
    if (!(loss < this.best - this.settings.minDelta)) return false;
    this.best = loss;
    this.bestEpoch = epoch;
    return true;
  }

  /** Whether patience is at its end after so many epochs. */
  isOver(epoch: number): boolean {
    return epoch - this.bestEpoch >= this.settings.patience;
  }
}
