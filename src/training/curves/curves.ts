/**
 * The charts of a run: one list for everything that draws them, with explanations for readers who did not start the run. A
 * number without an explanation here, such as a metric of your own, gets a chart too. It depends on types alone and so runs
 * in a browser.
 */

import type { Measured } from '../run/metrics.js';
import { pathsOf, readerOf } from '../run/scalars.js';
import type { Chart, Curve } from './chart.js';
import { WORDINGS } from './chartWordings.js';

/** What the horizontal axis may count. */
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

/** Titles of the four charts that a picture shows, of one run or fit and of several. */
const OVERVIEW = [
  'Loss',
  'Loss: held out',
  'Policy accuracy',
  'Policy accuracy: held out',
  'Learning rate',
  'Gradient norm',
];

/** Returns the charts that say most in little space: loss, accuracy, learning rate and gradient norm. */
export function overviewOf(charts: readonly Chart[]): Chart[] {
  return charts.filter(({ title }) => OVERVIEW.includes(title));
}

/** Axes of a run's charts; the first is the default. */
export const RUN_AXES = ['iterations', 'hours', 'games', 'steps'] as const;
/** Axes of a fit's charts; the first is the default. */
export const FIT_AXES = ['epochs', 'hours', 'steps'] as const;

/** The charts of a run, in the order in which they are read; one that nothing has been measured for yet is left out. */
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

/** The curve of a path if it is found, and of the same on games that are held out of training. */
function curvesOf(path: string, name: string, found: ReadonlySet<string>): Curve[] {
  const heldOut = path.replace(/^training\./, 'validation.');
  const both = [{ name, path }, ...(heldOut === path ? [] : [{ name: 'held out', path: heldOut }])];
  return both.filter((curve) => found.has(curve.path)).map((curve) => ({ name: curve.name, of: readerOf(curve.path) }));
}

/** `selfPlay.meanRounds` as “Self-play: mean rounds”. */
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
 * The exponential moving average of values that come one an iteration, with the weight 2 / (span + 1) for the newest.
 * It starts from the first value, without the pull towards 0, and passes over gaps.
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
