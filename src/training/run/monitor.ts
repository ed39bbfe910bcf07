import { nearest } from '../config/nearest.js';
import type { Config } from '../config/schema.js';
import { EarlyStopping } from '../step/earlyStopping.js';
import type { IterationMetrics } from './metrics.js';
import { pathsOf, readerOf } from './scalars.js';

/** Watches one number of a run's history: its best value, and whether it has stopped improving. */
export class Monitor {
  /** Path of the number in the metrics. Without held-out games, a number of training replaces that of validation. */
  readonly metric: string;
  private readonly stopping: EarlyStopping;
  private readonly patience: number;
  private last = 0;

  constructor({ monitor, validation }: Config) {
    const { metric, patience } = monitor;
    this.metric = validation.fraction > 0 ? metric : metric.replace(/^validation\./, 'training.');
    this.stopping = new EarlyStopping(monitor);
    this.patience = patience;
  }

  /** Iteration with the best value so far; 0 before the first. */
  get bestIteration(): number {
    return this.stopping.bestEpoch;
  }

  /** The best value so far; null before the first. */
  get best(): number | null {
    return this.stopping.best;
  }

  /** Returns the watched number of an iteration; undefined if it has none. */
  valueOf(metrics: IterationMetrics): number | undefined {
    return readerOf(this.metric)(metrics);
  }

  /** Records an iteration. Returns whether it is the best so far. */
  observe(metrics: IterationMetrics): boolean {
    const value = this.valueOf(metrics);
    if (value === undefined) return false;
    this.last = metrics.iteration;
    return this.stopping.observe(metrics.iteration, value);
  }

  /** Whether the run has to end: `monitor.patience` iterations have brought no improvement. */
  get isOver(): boolean {
    return this.patience > 0 && this.last > 0 && this.stopping.isOver(this.last);
  }

  /** Returns a warning if an iteration lacks the number although it has trained and measured the number's section. */
  complaint(metrics: IterationMetrics): string | undefined {
    const section = Object.entries(metrics).find(([name]) => this.metric.startsWith(`${name}.`));
    const mayCome = !metrics.training || section?.[1] === null || this.metric.startsWith('gap.');
    if (mayCome || this.valueOf(metrics) !== undefined) return undefined;
    const guess = nearest(this.metric, pathsOf(metrics));
    return `the history has no number ${this.metric}${guess ? ` (did you mean ${guess}?)` : ''}; correct monitor.metric in config.json and resume`;
  }
}
