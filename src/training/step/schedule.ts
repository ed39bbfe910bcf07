export const SCHEDULES = ['cosine', 'constant', 'step', 'exponential', 'plateau', 'cosineRestarts'] as const;

export interface ScheduleSettings {
  schedule: (typeof SCHEDULES)[number];
  /** The learning rate after warm-up, and the least. */
  learningRate: number;
  finalLearningRate: number;
  /** Steps over which the rate grows to `learningRate`; those below count from their end. */
  warmUpSteps: number;
  /** Of cosine and exponential: steps until the least rate; of step: between two falls; of cosineRestarts: the first cycle. */
  decaySteps: number;
  /** Of step and plateau: what the rate is multiplied by when it falls. */
  decayFactor: number;
  /** Of cosineRestarts: how much longer each cycle is than the one before. */
  cycleFactor: number;
  /** Of plateau: losses in a row that may fail to improve on the best. */
  patience: number;
}

/** What a schedule remembers; only plateau needs it. */
export interface ScheduleState {
  /** The lowest loss so far. */
  best: number | null;
  /** Losses since that one, or since the rate fell. */
  waited: number;
  falls: number;
}

/** A loss has to be lower than the best by this part of it. */
const IMPROVEMENT = 1e-4;

/** The learning rate of each training step. */
export class Schedule {
  private state: ScheduleState = { best: null, waited: 0, falls: 0 };

  constructor(private readonly settings: ScheduleSettings) {}

  /** The learning rate of the step after so many. */
  rate(step: number): number {
    const { learningRate, warmUpSteps } = this.settings;
    return step < warmUpSteps ? (learningRate * (step + 1)) / warmUpSteps : this.decayed(step - warmUpSteps);
  }

  private decayed(step: number): number {
    const { schedule, learningRate: peak, finalLearningRate: final, decaySteps, decayFactor } = this.settings;
    const cosine = (progress: number) => final + ((peak - final) * (1 + Math.cos(Math.PI * progress))) / 2;
    switch (schedule) {
      case 'constant':
        return peak;
      case 'step':
        return Math.max(final, peak * decayFactor ** Math.floor(step / decaySteps));
      case 'exponential':
        return peak * (final / peak) ** Math.min(1, step / decaySteps);
      case 'plateau':
        return Math.max(final, peak * decayFactor ** this.state.falls);
      case 'cosine':
        return cosine(Math.min(1, step / decaySteps));
      case 'cosineRestarts':
        return cosine(this.cycleProgress(step));
    }
  }

  /** How far the cycle has come that a step lies in, in [0, 1): SGDR (Loshchilov & Hutter 2017). */
  private cycleProgress(step: number): number {
    const { decaySteps, cycleFactor } = this.settings;
    let length = decaySteps;
    let start = 0;
    while (step >= start + length) {
      start += length;
      length *= cycleFactor;
    }
    return (step - start) / length;
  }

  /** Hears of a loss; after `patience` in a row that are no better than the best, plateau lowers the rate. */
  observe(loss: number): void {
    const { best, waited, falls } = this.state;
    const better = best === null || loss < best - IMPROVEMENT * Math.abs(best);
    if (better) this.state = { best: loss, waited: 0, falls };
    else if (waited < this.settings.patience) this.state = { best, waited: waited + 1, falls };
    else this.state = { best, waited: 0, falls: falls + 1 };
  }

  /** What `restore` takes. */
  save(): ScheduleState {
    return { ...this.state };
  }

  /** Goes on where `save` was called. */
  restore(state: ScheduleState): void {
    this.state = { ...state };
  }
}
