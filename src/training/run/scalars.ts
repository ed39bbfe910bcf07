/** All numbers in the metrics of an iteration, by name. Runs in a browser. */
import { HEAD_NAMES, type LossName } from '../step/heads.js';
import type { IterationMetrics, LearningMetrics, Measured } from './metrics.js';

/** Losses on held-out games minus those on games that are trained on, for the same weights and the same window. */
export type Gap = Record<'loss' | LossName, number>;

/** Returns the gap of an iteration or epoch; undefined if it was not measured. */
export function gapOf({ validation, seen }: Pick<LearningMetrics, 'validation' | 'seen'>): Gap | undefined {
  if (!validation || !seen) return undefined;
  const losses = ['loss', ...HEAD_NAMES.map((head): LossName => `${head}Loss`)] as const;
  return Object.fromEntries(losses.map((name) => [name, validation[name] - seen[name]])) as Gap;
}

/** Numbers that are left out: they say when, or are drawn in another way. */
const LEFT_OUT = ['iteration', 'elapsed', 'evaluation'];

/** Returns the paths of an iteration's numbers, and of its gap: keys with dots between them. What is in lists is left out. */
export function pathsOf(metrics: Measured): string[] {
  const walk = (value: unknown, path: string): string[] => {
    if (typeof value === 'number') return [path];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => walk(inner, `${path}.${key}`));
  };
  const all = { ...metrics, gap: gapOf(metrics) };
  return Object.entries(all).flatMap(([key, value]) => (LEFT_OUT.includes(key) ? [] : walk(value, key)));
}

const CUSTOM = 'custom.';

/** Returns the function that reads the number of a path; it gives undefined where there is none. */
export function readerOf(path: string): (metrics: Measured) => number | undefined {
  // Listeners name their metrics as they like.
  const keys = path.startsWith(CUSTOM) ? ['custom', path.slice(CUSTOM.length)] : path.split('.');
  return (metrics) => {
    let value: unknown = keys[0] === 'gap' ? { gap: gapOf(metrics) } : metrics;
    for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
    return typeof value === 'number' ? value : undefined;
  };
}

/** All numbers of an iteration that make a curve, by names with slashes between their parts. */
export function scalarsOf(metrics: IterationMetrics): [name: string, value: number][] {
  const scalars = pathsOf(metrics).map((path): [string, number] => [
    (path.includes('.') ? path : `run.${path}`).replaceAll('.', '/'),
    readerOf(path)(metrics)!,
  ]);
  const { evaluation } = metrics;
  if (!evaluation) return scalars;
  const { elo, results } = evaluation;
  return [
    ...scalars,
    ['evaluation/elo', elo.mean],
    ['evaluation/elo low', elo.low],
    ['evaluation/elo high', elo.high],
    ...results.map(({ opponent, score }): [string, number] => [`evaluation/score against ${opponent}`, score.mean]),
  ];
}
