/** Charts that compare several runs or fits. This module runs in a browser too. */
import { estimateMean } from '../../arena/statistics.js';
import type { Measured } from '../run/metrics.js';
import type { Chart, Curve } from './chart.js';
import { chartsOf } from './curves.js';

/** An item of a comparison: one history of a run or a fit, or several that are averaged, such as one for each seed. */
export interface Variant {
  name: string;
  histories: readonly (readonly Measured[])[];
}

/**
 * Returns a chart for each curve that the variants have. Each chart has one curve for each variant: the mean of its histories.
 * If a variant has several histories, the curve has the 95 % interval of that mean. The charts are drawn along `history`, which
 * has the iterations of all variants, without metrics.
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

/** The mean of a curve over several histories. It has values only at iterations where all of them have one. */
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
