import { improves, type Mode } from './earlyStopping.js';

/** Names of the schedules of the learning rate. */
export const SCHEDULES = ['cosine', 'constant', 'step', 'exponential', 'plateau', 'cosineRestarts'] as const;

/** Settings of a schedule of the learning rate. */
export interface ScheduleSettings {
  schedule: (typeof SCHEDULES)[number];
  /** Learning rate after the warm-up. */
  learningRate: number;
  /** Minimum learning rate. */
  finalLearningRate: number;
  /** Steps over which the rate grows to `learningRate`. The schedule's own steps count from their end. */
  warmUpSteps: number;
  /** Steps until the minimum (cosine, exponential), between two falls (step) or in the first cycle (cosineRestarts). */
  decaySteps: number;
  /** Factor that multiplies the rate at each fall (step, plateau). */
  decayFactor: number;
  /** Length of each cycle divided by that of the one before (cosineRestarts). */
  cycleFactor: number;
  /** Values in a row that may fail to improve on the best before the rate falls (plateau). */
  patience: number;
  /** Values after a fall that do not count towards `patience` (plateau). Default 0. */
  cooldown?: number;
  /** Fraction of the best value by which a value has to be better (plateau). Default 1e-4. */
  minDelta?: number;
  /** Which values are better (plateau). Default `min`. */
  mode?: Mode;
}

/** What a schedule remembers; only plateau needs it. */
export interface ScheduleState {
  /** The best value so far. */
  best: number | null;
  /** Values since the best one, or since the rate fell; below 0 while it cools down. */
  waited: number;
  falls: number;
}

/** The learning rate of each training step. */
export class Schedule {
  private state: ScheduleState = { best: null, waited: 0, falls: 0 };

  constructor(private readonly settings: ScheduleSettings) {}

  /** The learning rate of a step; the first one has number 0. */
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

  /** Progress of the cycle that a step lies in, in [0, 1): SGDR (Loshchilov & Hutter 2017). */
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

  /**
   * Notes a value of the watched metric. Plateau lowers the rate after `patience` values in a row that are no better than
   * the best (as ReduceLROnPlateau of PyTorch does).
   */
  observe(value: number): void {
    const { patience, cooldown = 0, minDelta = 1e-4, mode = 'min' } = this.settings;
    const { best, waited, falls } = this.state;
    const better = improves(value, best, mode, minDelta * Math.abs(best ?? 0));
    this.state.best = better ? value : best;
    if (waited < 0) this.state.waited = waited + 1;
    else if (better) this.state.waited = 0;
    else if (waited < patience) this.state.waited = waited + 1;
    else this.state = { best, waited: -cooldown, falls: falls + 1 };
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
