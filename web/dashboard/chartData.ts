/** Charts of a run as columns of numbers. */
import type { AlignedData } from 'uplot';
import type { Chart, Curve } from '../../src/training/curves/chart.js';
import { AXES, chartsOf, smoothed } from '../../src/training/curves/curves.js';
import type { Measured } from '../../src/training/run/metrics.js';

export type AxisName = keyof typeof AXES;

/** A drawn line of a chart: its curve, and which of the curve's values it shows. */
export interface Line {
  curve: Curve;
  /** Index of the curve in the chart, from 0. It selects the colour. */
  index: number;
  kind: 'raw' | 'smooth' | 'low' | 'high';
}

/**
 * Finds the charts of a growing history. It reads only new iterations, and keeps one iteration for each set of metrics.
 */
export class ChartFinder {
  private readonly kinds = new Map<string, Measured>();
  private seen: readonly Measured[] = [];
  private charts: Chart[] = [];

  find(history: readonly Measured[]): Chart[] {
    const known = this.seen.length <= history.length && this.seen.at(-1) === history[this.seen.length - 1];
    if (!known) this.kinds.clear();
    const before = this.kinds.size;
    for (const metrics of known ? history.slice(this.seen.length) : history) {
      const kind = JSON.stringify(metrics, (_, value: unknown) => (typeof value === 'number' ? 0 : value));
      if (!this.kinds.has(kind)) this.kinds.set(kind, metrics);
    }
    if (!known || this.kinds.size !== before) this.charts = chartsOf([...this.kinds.values()]);
    this.seen = history;
    return this.charts;
  }
}

/** Returns the lines of a chart in drawing order, the lowest layer first. */
export function linesOf({ curves, noisy }: Chart, span: number): Line[] {
  const smooth = noisy === true && span > 1;
  return curves.flatMap((curve, index): Line[] => [
    ...(curve.interval ? [{ curve, index, kind: 'low' } as const, { curve, index, kind: 'high' } as const] : []),
    { curve, index, kind: 'raw' },
    ...(smooth ? [{ curve, index, kind: 'smooth' } as const] : []),
  ]);
}

/** Returns the column of horizontal positions, then one column for each line. A null draws nothing. */
export function columnsOf(
  history: readonly Measured[],
  lines: readonly Line[],
  axis: AxisName,
  span: number,
): AlignedData {
  const columns = lines.map(({ curve, kind }) => {
    if (kind === 'low' || kind === 'high') return history.map((metrics) => curve.interval!(metrics)?.[kind] ?? null);
    const values = history.map(curve.of);
    return (kind === 'smooth' ? smoothed(values, span) : values).map((value) => value ?? null);
  });
  return [history.map(AXES[axis]), ...columns];
}
