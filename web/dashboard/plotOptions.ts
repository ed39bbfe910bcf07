/** Options with which uPlot draws the charts of the dashboard. */
import type uPlot from 'uplot';
import type { Chart } from '../../src/training/curves/chart.js';
import type { AxisName, Line } from './chartData.js';
import { tickText } from './numbers.js';

/** Dash patterns, which distinguish curves without colours. */
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4], [12, 5], [1, 5]];
/** Permitted steps of an axis of whole numbers. */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
/** Curves with fewer values than this are drawn with points. */
const FEW = 30;

export function plotOptions(
  { unit }: Chart,
  lines: readonly Line[],
  axis: AxisName,
  element: HTMLElement,
  height: number,
  onPoint: (index: number | null | undefined) => void,
): uPlot.Options {
  const colour = (name: string) => colourOf(element, name);
  const ink = colour('--ink-2');
  const grid = { stroke: colour('--line'), width: 1 };
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const common = { stroke: ink, grid, font, ticks: { show: false }, gap: 4 };
  const smooth = lines.some(({ kind }) => kind === 'smooth');
  const series = lines.map(({ curve, index, kind }): uPlot.Series => {
    const stroke = colour(`--curve-${index % 6}`);
    if (kind === 'low' || kind === 'high') return { stroke, width: 0, points: { show: false }, spanGaps: true };
    const faint = kind === 'raw' && smooth;
    return {
      label: curve.name,
      stroke,
      width: faint ? 1 : 2,
      alpha: faint ? 0.2 : 1,
      dash: faint ? [] : DASHES[index % DASHES.length]!,
      spanGaps: true,
      points: { show: (u, i) => !faint && valuesOf(u.data[i]!) < FEW, size: 5, fill: stroke },
    };
  });
  const bands = lines.flatMap(({ index, kind }, i): uPlot.Band[] =>
    kind === 'low' ? [{ series: [i + 2, i + 1], fill: translucent(colour(`--curve-${index % 6}`)) }] : [],
  );
  return {
    width: Math.max(80, element.clientWidth),
    height,
    padding: [8, 10, 0, 0],
    scales: { x: { time: false }, y: { range: (plot, min, max) => rangeOf(plot, min, max, unit) } },
    axes: [
      {
        ...common,
        size: 22,
        space: 60,
        ...(axis !== 'hours' && { incrs: WHOLE }),
        values: (_, ticks) => ticks.map((tick) => tickText(tick, stepOf(ticks), axis === 'hours' ? 'h' : '')),
      },
      {
        ...common,
        size: 46,
        space: 32,
        values: (_, ticks) => ticks.map((tick) => tickText(tick, stepOf(ticks), unit)),
      },
    ],
    series: [{}, ...series],
    bands,
    legend: { show: false },
    cursor: { y: false, sync: { key: 'run' }, points: { size: 6 }, drag: { x: true, y: false } },
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx)] },
  };
}

function valuesOf(column: ArrayLike<number | null | undefined>): number {
  return Array.from(column).filter((value) => value !== null).length;
}

function stepOf(ticks: readonly number[]): number {
  return ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : Math.abs(ticks[0] ?? 1);
}

/**
 * Returns the range of the vertical axis: the range of the values in view, with a margin. It ignores the highest 1 % and the
 * lowest 1 % of the values, such as the first losses of a long run. Fractions stay between 0 and 1. A range that comes close
 * to 0 starts at 0.
 */
function rangeOf(plot: uPlot, min: number | null, max: number | null, unit: string): [number, number] {
  if (min === null || max === null) return [0, 1];
  const [from, to] = plot.series[0]!.idxs ?? [0, plot.data[0].length - 1];
  const values = plot.data.slice(1).flatMap((column) => Array.from(column).slice(from, to + 1));
  const sorted = Float64Array.from(values.filter((value) => typeof value === 'number')).sort();
  const cut = Math.floor(sorted.length / 100);
  const low = sorted[cut] ?? min;
  const high = sorted.at(-1 - cut) ?? max;
  const air = 0.06 * (high - low) || Math.abs(high) * 0.1 || 1;
  const bottom = low >= 0 && low - air < 0.25 * (high - low) ? 0 : low - air;
  return unit === '%' ? [Math.max(0, bottom), Math.min(1, high + air)] : [bottom, high + air];
}

/** Returns the colour of a custom property in the current theme. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Returns a computed colour, `rgb(r, g, b)`, with an opacity of 15 %. */
function translucent(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.15)');
}
