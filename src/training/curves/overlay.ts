/** Charts that draw several runs or fits over one another. Runs in a browser. */
import { estimateMean } from '../../arena/statistics.js';
import type { Measured } from '../run/metrics.js';
import type { Chart, Curve } from './chart.js';
import { chartsOf } from './curves.js';

/** What is compared: a run or a fit by its history, or several of one kind, such as one for each seed. */
export interface Variant {
  name: string;
  histories: readonly (readonly Measured[])[];
}

/**
 * Returns a chart for each curve of the variants, with a curve for each variant: the mean of its histories, and the 95 %
 * interval of that mean where there are several. The charts are drawn along `history`, which has all iterations.
 */
export function overlay(variants: readonly Variant[]): { history: Measured[]; charts: Chart[] } {
  const indexed = variants.map(({ name, histories }) => ({
    name,
    histories: histories.map((history) => new Map(history.map((metrics) => [metrics.iteration, metrics]))),
  }));
  const all = variants.flatMap(({ histories }) => histories.flat());
  const iterations = [...new Set(all.map(({ iteration }) => iteration))].sort((a, b) => a - b);
  const charts = chartsOf(all)
    .filter(({ group }) => group !== 'Also recorded')
    .flatMap((chart) =>
      chart.curves.map((curve) => ({
        ...chart,
        title: chart.curves.length > 1 ? `${chart.title}: ${curve.name}` : chart.title,
        curves: indexed.map(({ name, histories }) => meanCurve(name, histories, curve)),
      })),
    );
  const empty = { elapsed: 0, step: 0, learningRate: 0, training: null, validation: null };
  return { history: iterations.map((iteration) => ({ ...empty, iteration })), charts };
}

/** A curve's mean over several histories, where all of them have a value. */
function meanCurve(name: string, histories: readonly ReadonlyMap<number, Measured>[], curve: Curve): Curve {
  const estimate = ({ iteration }: Measured) => {
    const values = histories.flatMap((history) => {
      const metrics = history.get(iteration);
      return (metrics && curve.of(metrics)) ?? [];
    });
    return values.length > 0 && values.length === histories.length ? estimateMean(values) : undefined;
  };
  const mean: Curve = { name, of: (metrics) => estimate(metrics)?.mean };
  return histories.length > 1 ? { ...mean, interval: estimate } : mean;
}
