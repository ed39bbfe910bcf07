/** Charts of a run or a fit, as numbers and words. */
import type { Measured } from '../run/metrics.js';

/** One number of an iteration's metrics, to be drawn over time. */
export interface Curve {
  name: string;
  /** The value at an iteration or epoch; undefined where there is none. */
  of(metrics: Measured): number | undefined;
  /** The 95 % interval of a value that was sampled. */
  interval?(metrics: Measured): { low: number; high: number } | undefined;
}

/** Curves of one unit, drawn together. */
export interface Chart {
  group: ChartGroup;
  title: string;
  /** Unit of the values; `%` for fractions of 1, empty for plain numbers. */
  unit: string;
  /** What the chart shows, and how a healthy run looks. */
  explanation: string;
  curves: Curve[];
  /** Whether values are noisy from one iteration to the next, so that a moving average is drawn. */
  noisy?: boolean;
}

/** All groups of charts, in the order of a report. */
export const CHART_GROUPS = ['Strength', 'Learning', 'Errors', 'Self-play', 'Data', 'Also recorded'] as const;
/** The section of a report that a chart belongs to. */
export type ChartGroup = (typeof CHART_GROUPS)[number];
