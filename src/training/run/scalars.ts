/** All numbers in the metrics of an iteration, by name. Runs in a browser. */
import { HEAD_NAMES, type LossName } from '../step/heads.js';
import type { IterationMetrics, LearningMetrics, Measured } from './metrics.js';

/** Losses on held-out games minus losses on training games, with the same weights and window. */
export type Gap = Record<'loss' | LossName, number>;

/** Returns the gap of an iteration or epoch; undefined if it was not measured. */
export function gapOf({ validation, seen }: Pick<LearningMetrics, 'validation' | 'seen'>): Gap | undefined {
  if (!validation || !seen) return undefined;
  const losses = ['loss', ...HEAD_NAMES.map((head): LossName => `${head}Loss`)] as const;
  return Object.fromEntries(losses.map((name) => [name, validation[name] - seen[name]])) as Gap;
}

/** Fields that are left out: they are times, or their curves are made in another way. */
const LEFT_OUT = ['iteration', 'elapsed', 'evaluation'];

/**
 * Returns the paths of an iteration's numbers and of its gap. A path is its keys with dots between them. Numbers in
 * lists are left out.
 */
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

/** Returns a function that reads the number at a path. The function returns undefined if there is none. */
export function readerOf(path: string): (metrics: Measured) => number | undefined {
  // Names that listeners give may contain dots.
  const keys = path.startsWith(CUSTOM) ? ['custom', path.slice(CUSTOM.length)] : path.split('.');
  return (metrics) => {
    let value: unknown = keys[0] === 'gap' ? { gap: gapOf(metrics) } : metrics;
    for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
    return typeof value === 'number' ? value : undefined;
  };
}

/** Returns all numbers of an iteration that make a curve. Slashes separate the parts of their names. */
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
