/** Formats the numbers of charts and tables. */
import { percent, rate } from '../../src/cli/terminal/format.js';
import type { AxisName } from './chartData.js';

/** Formats a value of a chart. Values with the unit `%` are fractions, shown as percentages. */
export function valueText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (unit === '%') return percent(value);
  const size = Math.abs(value);
  if (size >= 1000) return rate(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size > 0 && size < 0.01 ? value.toExponential(1) : value.toFixed(size < 1 ? 3 : 2);
}

/** Formats a tick of an axis, with the digits that the step between two ticks needs. */
export function tickText(value: number, step: number, unit: string): string {
  const digits = (size: number) => {
    let n = 0;
    while (n < 6 && Math.abs(size * 10 ** n - Math.round(size * 10 ** n)) > 1e-6 * 10 ** n) n++;
    return n;
  };
  if (unit === '%') return `${(100 * value).toFixed(digits(100 * step))}`;
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toFixed(digits(step / 1e6)))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toFixed(digits(step / 1e3)))}k`;
  if (step > 0 && step < 1e-3) return value === 0 ? '0' : value.toExponential(1).replace('.0', '');
  return value.toFixed(digits(step));
}

export function axisNumber(value: number, axis: AxisName): string {
  return axis === 'hours' ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}

/** Formats Elo points, with a true minus sign. */
export function eloText(elo: number): string {
  return elo.toFixed(0).replace('-', '−');
}
