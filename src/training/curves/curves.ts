/**
 * The charts of a run or a fit, in one list for all that draw them. Their explanations are for readers who did not start the
 * run. A metric without an explanation, such as one of your own, gets a chart too. Runs in a browser.
 */

import type { Measured } from '../run/metrics.js';
import { pathsOf, readerOf } from '../run/scalars.js';
import type { Chart, Curve } from './chart.js';
import { WORDINGS } from './chartWordings.js';

/** The choices for the horizontal axis, with the position of an iteration on each. */
export const AXES = {
  /** Iterations of a run. */
  iterations: ({ iteration }: Measured) => iteration,
  /** Epochs of a fit. */
  epochs: ({ iteration }: Measured) => iteration,
  /** Hours of training, pauses not counted. */
  hours: ({ elapsed }: Measured) => elapsed / 3600,
  /** Games of self-play. */
  games: ({ totalGames = 0 }: Measured) => totalGames,
  /** Training steps. */
  steps: ({ step }: Measured) => step,
} satisfies Record<string, (metrics: Measured) => number>;

/** Titles of the four overview charts. The overview of a comparison has extra charts for the held-out curves. */
const OVERVIEW = [
  'Loss',
  'Loss: held out',
  'Policy accuracy',
  'Policy accuracy: held out',
  'Learning rate',
  'Gradient norm',
];

/** Returns the overview charts: loss, policy accuracy, learning rate and gradient norm. */
export function overviewOf(charts: readonly Chart[]): Chart[] {
  return charts.filter(({ title }) => OVERVIEW.includes(title));
}

/** The axes of a run. The first one is the default. */
export const RUN_AXES = ['iterations', 'hours', 'games', 'steps'] as const;
/** The axes of a fit. The first one is the default. */
export const FIT_AXES = ['epochs', 'hours', 'steps'] as const;

/** Returns the charts of a run or a fit, in the order of a report. It leaves out charts without any measurement. */
export function chartsOf(history: readonly Measured[]): Chart[] {
  const found = new Set(history.flatMap(pathsOf));
  const charts = WORDINGS.map(({ paths, ...chart }) => {
    const curves = Object.entries(paths).flatMap(([name, path]) => curvesOf(path, name, found));
    return { ...chart, curves: found.has(Object.values(paths)[0]!) ? curves : [] };
  });
  const worded = new Set(WORDINGS.flatMap(({ paths }) => Object.values(paths)));
  for (const path of found) {
    const trained = path.replace(/^validation\./, 'training.');
    if (worded.has(trained) || (trained !== path && found.has(trained)) || path.startsWith('seen.')) continue;
    const title = titleOf(path);
    const explanation = `The number ${path} of the metrics.`;
    const curves = curvesOf(path, path.startsWith('training.') ? 'training' : title, found);
    charts.push({ group: 'Also recorded', title, unit: '', explanation, curves });
  }
  return [...strengthCharts(history), ...charts].filter(({ curves }) => curves.length > 0);
}

/** The curve of a metric and that of the same metric on held-out games, as far as `found` has their paths. */
function curvesOf(path: string, name: string, found: ReadonlySet<string>): Curve[] {
  const heldOut = path.replace(/^training\./, 'validation.');
  const both = [{ name, path }, ...(heldOut === path ? [] : [{ name: 'held out', path: heldOut }])];
  return both.filter((curve) => found.has(curve.path)).map((curve) => ({ name: curve.name, of: readerOf(curve.path) }));
}

/** Returns a title for a path: `selfPlay.meanRounds` becomes “Self-play: mean rounds”. */
function titleOf(path: string): string {
  const words = path.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('self play', 'self-play');
  const title = words.replace('.', ': ').replaceAll('.', ' ');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function strengthCharts(history: readonly Measured[]): Chart[] {
  const elo: Curve = {
    name: 'Elo',
    of: ({ evaluation }) => evaluation?.elo.mean,
    interval: ({ evaluation }) => evaluation?.elo,
  };
  const results = history.flatMap(({ evaluation }) => evaluation?.results ?? []);
  const scores = [...new Set(results.map(({ opponent }) => opponent))].map((name): Curve => {
    const scoreOf = ({ evaluation }: Measured) => evaluation?.results.find(({ opponent }) => opponent === name)?.score;
    return { name, of: (metrics) => scoreOf(metrics)?.mean, interval: scoreOf };
  });
  return [
    {
      group: 'Strength',
      title: 'Elo',
      unit: '',
      explanation:
        'The playing strength, from all games against the fixed opponents and earlier checkpoints. The first fixed ' +
        'opponent has Elo 0; 400 more means about ten points out of eleven. The curve should rise, quickly at first, ' +
        'then more and more slowly. A fall beyond the 95 % interval points to a fault.',
      curves: results.length > 0 ? [elo] : [],
    },
    {
      group: 'Strength',
      title: 'Score against opponents',
      unit: '%',
      explanation:
        'The fraction of points won against each fixed opponent, with every deal played from all seats; 50 % means ' +
        'equal strength. The curves should rise one after the other; a curve that has reached 100 % carries no more ' +
        'information.',
      curves: scores,
    },
  ];
}

/**
 * Exponential moving average of values, one per iteration. The newest value has the weight 2 / (span + 1). The average has no
 * bias towards 0 at the start. It ignores undefined values and is undefined there.
 */
export function smoothed(values: readonly (number | undefined)[], span: number): (number | undefined)[] {
  const keep = 1 - 2 / (span + 1);
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === undefined) return undefined;
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return mean / weight;
  });
}
