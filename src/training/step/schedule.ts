import { UsageError } from '../../usageError.js';
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
  /** Steps over which the rate grows to `learningRate`. The schedule begins after them. */
  warmUpSteps: number;
  /** Number of steps until the minimum (cosine, exponential), between falls (step) or in the first cycle (cosineRestarts). */
  decaySteps: number;
  /** Factor by which the rate is multiplied at each fall (step, plateau). */
  decayFactor: number;
  /** Length of each cycle divided by the length of the cycle before (cosineRestarts). */
  cycleFactor: number;
  /** Max consecutive values without improvement on the best; one more lowers the rate (plateau). */
  patience: number;
  /** Number of values after a fall that do not count towards `patience` (plateau). Default 0. */
  cooldown?: number;
  /** Min improvement, as a fraction of the best value (plateau). Default 1e-4. */
  minDelta?: number;
  /** Whether lower or higher values are better (plateau). Default `min`. */
  mode?: Mode;
}

/** The state of a schedule. Only plateau needs it. */
export interface ScheduleState {
  /** The best value so far. */
  best: number | null;
  /** Number of values since the best one, or since the rate fell; below 0 during the cooldown. */
  waited: number;
  /** Number of falls so far. */
  falls: number;
}

/** The learning rate of each training step. */
export class Schedule {
  private state: ScheduleState = { best: null, waited: 0, falls: 0 };

  /** Throws a UsageError if there is no schedule of this name. */
  constructor(private readonly settings: ScheduleSettings) {
    const { schedule } = settings;
    if (!SCHEDULES.includes(schedule))
      throw new UsageError(`unknown schedule '${schedule}'; known are ${SCHEDULES.join(', ')}`);
  }

  /** The learning rate of a step. Steps count from 0. */
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

  /** Progress of a step within its cycle, in [0, 1): SGDR (Loshchilov & Hutter 2017). */
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
   * Takes the next value of the watched metric. Plateau lowers the rate after more than `patience` consecutive values that do
   * not improve on the best (like ReduceLROnPlateau of PyTorch).
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

  /** Returns the state for `restore`. */
  save(): ScheduleState {
    return { ...this.state };
  }

  /** Restores the state from `save`. */
  restore(state: ScheduleState): void {
    this.state = { ...state };
  }
}
