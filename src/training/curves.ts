/**
 * What there is to plot of a run: one list for all that draws it. It depends on types alone and so runs in a browser.
 */
import type { IterationMetrics } from './metrics.js';

export interface Curve {
  name: string;
  /** The value at an iteration; undefined where there is none. */
  of(metrics: IterationMetrics): number | undefined;
  /** The 95 % interval of a value that was sampled. */
  interval?(metrics: IterationMetrics): { low: number; high: number } | undefined;
}

/** Curves of one unit, drawn together. */
export interface Chart {
  title: string;
  /** Of the values; `%` for parts of 1, empty for plain numbers. */
  unit: string;
  curves: Curve[];
  /** Noisy from one iteration to the next, and better read as a moving average. */
  noisy?: boolean;
}

/** What the horizontal axis may count. */
export const AXES = {
  iterations: ({ iteration }: IterationMetrics) => iteration,
  hours: ({ elapsed }: IterationMetrics) => elapsed / 3600,
  games: ({ totalGames }: IterationMetrics) => totalGames,
  steps: ({ step }: IterationMetrics) => step,
} satisfies Record<string, (metrics: IterationMetrics) => number>;

/** The charts of a run, in the order in which they are read; one that nothing has been measured for yet is left out. */
export function chartsOf(history: readonly IterationMetrics[]): Chart[] {
  const charts: Chart[] = [
    { title: 'Loss', unit: '', curves: lossCurves(history), noisy: true },
    {
      title: 'Policy accuracy',
      unit: '%',
      curves: [{ name: 'accuracy', of: ({ training }) => training?.policyAccuracy }],
      noisy: true,
    },
    { title: 'Score against opponents', unit: '%', curves: opponentCurves(history) },
    {
      title: 'Games a second',
      unit: '',
      curves: [{ name: 'games/s', of: ({ selfPlay }) => selfPlay.gamesPerSecond }],
      noisy: true,
    },
    {
      title: 'Simulations a second',
      unit: '',
      curves: [{ name: 'simulations/s', of: ({ selfPlay }) => selfPlay.simulationsPerSecond }],
      noisy: true,
    },
    {
      title: 'Game length',
      unit: 'plies',
      curves: [{ name: 'plies', of: ({ selfPlay }) => selfPlay.meanPlies }],
      noisy: true,
    },
    {
      title: 'Points a game',
      unit: 'points',
      curves: [{ name: 'mean score', of: ({ selfPlay }) => selfPlay.meanScore }],
      noisy: true,
    },
    {
      title: 'First player’s score',
      unit: '%',
      curves: [{ name: 'first player', of: ({ selfPlay }) => selfPlay.firstPlayerScore }],
      noisy: true,
    },
    {
      title: 'Replay buffer',
      unit: 'positions',
      curves: [
        { name: 'window', of: ({ window }) => window },
        { name: 'all so far', of: ({ totalPositions }) => totalPositions },
      ],
    },
    { title: 'Learning rate', unit: '', curves: [{ name: 'learning rate', of: ({ learningRate }) => learningRate }] },
    {
      title: 'Gradient norm',
      unit: '',
      curves: [{ name: 'before clipping', of: ({ training }) => training?.gradientNorm }],
      noisy: true,
    },
  ];
  return charts
    .map((chart) => ({ ...chart, curves: chart.curves.filter(({ of }) => history.some((m) => of(m) !== undefined)) }))
    .filter(({ curves }) => curves.length > 0);
}

/** The total and every part of it that the training step measures, by the fields' names: `policyLoss` is `policy`. */
function lossCurves(history: readonly IterationMetrics[]): Curve[] {
  const last = history.findLast(({ training }) => training !== null)?.training ?? {};
  return Object.keys(last)
    .filter((field) => field === 'loss' || field.endsWith('Loss'))
    .map((field) => ({
      name: field === 'loss' ? 'total' : field.slice(0, -4),
      of: ({ training }) => (training as Record<string, number> | null)?.[field],
    }));
}

function opponentCurves(history: readonly IterationMetrics[]): Curve[] {
  const opponents = new Set(history.flatMap(({ evaluation }) => evaluation?.map(({ opponent }) => opponent) ?? []));
  return [...opponents].map((name) => {
    const scoreOf = ({ evaluation }: IterationMetrics) => evaluation?.find(({ opponent }) => opponent === name)?.score;
    return { name, of: (metrics) => scoreOf(metrics)?.mean, interval: scoreOf };
  });
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
