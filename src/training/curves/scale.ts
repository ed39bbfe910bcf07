/** The vertical axis of a drawn chart. */

import type { Measured } from '../run/metrics.js';
import type { Chart } from './chart.js';
import { smoothed } from './curves.js';

/** The values of a chart's curves, with the range and the ticks of its vertical axis. */
export interface Scaled {
  lines: { name: string; values: (number | undefined)[] }[];
  low: number;
  high: number;
  ticks: number[];
}

/** Number of averaging spans in a history: a noisy curve is averaged over 1 / PARTS of its iterations. */
const PARTS = 50;

/** Returns a chart's curves over a history. Curves of noisy charts become moving averages. */
export function scaled(chart: Chart, history: readonly Measured[]): Scaled {
  const span = chart.noisy ? Math.max(1, Math.floor(history.length / PARTS)) : 1;
  const lines = chart.curves.map(({ name, of }) => ({ name, values: smoothed(history.map(of), span) }));
  const values = lines.flatMap((line) => line.values).filter((value) => value !== undefined);
  const [min, max] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const step = stepOf(max > min ? max - min : Math.abs(max) || 1);
  const low = step * Math.floor(min / step + 1e-9);
  const high = Math.max(low + step, step * Math.ceil(max / step - 1e-9));
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  return { lines, low, high, ticks };
}

/** Returns the step between ticks: 1, 2 or 5 times a power of ten. A range is three to seven and a half steps long. */
function stepOf(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 3));
  const parts = range / 3 / power;
  return power * (parts >= 5 ? 5 : parts >= 2 ? 2 : 1);
}

/** Formats a tick of an axis. With the unit `%` it is a percentage: 0.15 becomes `15 %`. */
export function tickLabel(value: number, { ticks }: Scaled, unit: string): string {
  const factor = unit === '%' ? 100 : 1;
  const step = factor * (ticks[1]! - ticks[0]!);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const size = Math.abs(factor * value);
  if (digits > 4 && size > 0) return value.toExponential(1);
  return `${(factor * value).toFixed(Math.min(4, digits)).replace(/^-0$/, '0')}${unit === '%' ? ' %' : ''}`;
}
