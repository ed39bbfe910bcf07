/**
 * The charts of a run: one list for everything that draws them, with explanations for readers who did not start the run. A
 * number without an explanation here, such as a metric of your own, gets a chart too. It depends on types alone and so runs
 * in a browser.
 */
import type { IterationMetrics } from './metrics.js';

/** One number of an iteration's metrics, to be drawn over time. */
export interface Curve {
  name: string;
  /** The value at an iteration; undefined where there is none. */
  of(metrics: IterationMetrics): number | undefined;
  /** The 95 % interval of a value that was sampled. */
  interval?(metrics: IterationMetrics): { low: number; high: number } | undefined;
}

/** Curves of one unit, drawn together. */
export interface Chart {
  group: ChartGroup;
  title: string;
  /** Unit of the values; `%` for fractions of 1, empty for plain numbers. */
  unit: string;
  /** What the chart shows, and how a healthy run looks. */
  explanation: string;
  curves: Curve[];
  /** Noisy from one iteration to the next, and better read as a moving average. */
  noisy?: boolean;
}

/** All groups of charts, in the order of a report. */
export const CHART_GROUPS = ['Strength', 'Learning', 'Self-play', 'Data', 'Also recorded'] as const;
/** Parts of a report that charts belong to. */
export type ChartGroup = (typeof CHART_GROUPS)[number];

/** What the horizontal axis may count. */
export const AXES = {
  /** Iterations. */
  iterations: ({ iteration }: IterationMetrics) => iteration,
  /** Hours of training, pauses not counted. */
  hours: ({ elapsed }: IterationMetrics) => elapsed / 3600,
  /** Games of self-play. */
  games: ({ totalGames }: IterationMetrics) => totalGames,
  /** Training steps. */
  steps: ({ step }: IterationMetrics) => step,
} satisfies Record<string, (metrics: IterationMetrics) => number>;

/** A chart as it is written here: its curves by their names, as the keys that lead to the number, with dots between. */
interface Wording extends Omit<Chart, 'curves'> {
  paths: Record<string, string>;
}

const WORDINGS: Wording[] = [
  {
    group: 'Learning',
    title: 'Loss',
    unit: '',
    explanation:
      'The weighted sum of the losses below, which training minimises. It falls quickly, then slowly, and may rise a ' +
      'little while games get harder to predict. A jump means that the learning rate is too high.',
    paths: { training: 'training.loss' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Policy loss',
    unit: 'nats',
    explanation:
      'The cross-entropy between the network’s policy and the policy of the search. It cannot fall below the entropy ' +
      'of the search’s policies; the gap between the two curves is what the network can still learn.',
    paths: { training: 'training.policyLoss', 'entropy of the targets': 'selfPlay.policyEntropy' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Value loss',
    unit: '',
    explanation:
      'The error of the predicted results. Deals are random, so the loss settles well above 0 even for perfect ' +
      'players. If it is much higher on held-out games, training draws each position too often.',
    paths: { training: 'training.valueLoss' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Margin loss',
    unit: '',
    explanation: 'The error of the predicted score margins. It behaves like the value loss.',
    paths: { training: 'training.marginLoss' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Ownership loss',
    unit: '',
    explanation:
      'The error in predicting which cells of each wall will be filled at the end. This prediction helps the network ' +
      'to learn; play does not use it.',
    paths: { training: 'training.ownershipLoss' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Policy accuracy',
    unit: '%',
    explanation:
      'The fraction of positions in which the network and the search prefer the same move. It rises while the ' +
      'network learns from the search, and levels off where the search finds moves that the policy alone misses.',
    paths: { training: 'training.policyAccuracy' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Gradient norm',
    unit: '',
    explanation:
      'The length of the gradient before clipping. It should stay in one range: a steady rise often precedes a ' +
      'collapse of training, and values near 0 mean that the network learns nothing.',
    paths: { 'before clipping': 'training.gradientNorm' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Learning rate',
    unit: '',
    explanation:
      'The size of each training step, set by the schedule. Check that it follows the schedule that you configured.',
    paths: { 'learning rate': 'learningRate' },
  },
  {
    group: 'Self-play',
    title: 'Games a second',
    unit: '',
    explanation:
      'The speed of self-play. It falls when games get longer; a lasting drop without that means that another ' +
      'program uses the machine.',
    paths: { 'games/s': 'selfPlay.gamesPerSecond' },
    noisy: true,
  },
  {
    group: 'Self-play',
    title: 'Simulations a second',
    unit: '',
    explanation: 'The speed of the search, summed over all threads. It should be flat.',
    paths: { 'simulations/s': 'selfPlay.simulationsPerSecond' },
    noisy: true,
  },
  {
    group: 'Self-play',
    title: 'Policy entropy',
    unit: 'nats',
    explanation:
      'The mean entropy of the search’s policy: 0 if one move has all the probability, 3.2 if 25 moves are equally ' +
      'likely. It falls as play gets sharper. A value close to 0 early in the run means that self-play repeats ' +
      'itself and explores nothing.',
    paths: { 'of the targets': 'selfPlay.policyEntropy' },
    noisy: true,
  },
  {
    group: 'Self-play',
    title: 'Game length',
    unit: 'plies',
    explanation:
      'The mean number of moves in a game, all players together. Untrained players prolong games by filling their ' +
      'floor lines; a good game for two players takes about 54 moves, in five rounds.',
    paths: { plies: 'selfPlay.meanPlies' },
    noisy: true,
  },
  {
    group: 'Self-play',
    title: 'Points a game',
    unit: 'points',
    explanation:
      'The mean score of a player at the end of a game. It rises as play gets better and is the plainest sign of ' +
      'learning.',
    paths: { 'mean score': 'selfPlay.meanScore' },
    noisy: true,
  },
  {
    group: 'Self-play',
    title: 'First player’s score',
    unit: '%',
    explanation:
      'The fraction of games that the first player wins. It is a little above 50 % with two players and lower with ' +
      'more; values near 0 or 100 % point to a fault in the game or in the values.',
    paths: { 'first player': 'selfPlay.firstPlayerScore' },
    noisy: true,
  },
  {
    group: 'Data',
    title: 'Replay buffer',
    unit: 'positions',
    explanation:
      'The number of positions played so far, and the number in the window that training draws from. The window ' +
      'grows more slowly.',
    paths: { window: 'window', 'all so far': 'totalPositions' },
  },
  {
    group: 'Data',
    title: 'Draws of a position',
    unit: '',
    explanation:
      'The number of times that training has drawn a position: mean and maximum in the window, and mean of the ' +
      'positions that have left it. The last one settles near the configured reuse; the first positions, in a small ' +
      'window, are drawn more often.',
    paths: { mean: 'reuse.window.mean', most: 'reuse.window.most', 'mean of those that left': 'reuse.left.mean' },
  },
];

/** Numbers that get no chart of their own: they say when, or are drawn in another way. */
const UNDRAWN = ['iteration', 'elapsed', 'evaluation'];

/** The charts of a run, in the order in which they are read; one that nothing has been measured for yet is left out. */
export function chartsOf(history: readonly IterationMetrics[]): Chart[] {
  const found = new Set(history.flatMap(pathsOf));
  const charts = WORDINGS.map(({ paths, ...chart }) => {
    const curves = Object.entries(paths).flatMap(([name, path]) => curvesOf(path, name, found));
    return { ...chart, curves: found.has(Object.values(paths)[0]!) ? curves : [] };
  });
  const worded = new Set(WORDINGS.flatMap(({ paths }) => Object.values(paths)));
  for (const path of found) {
    const trained = path.replace(/^validation\./, 'training.');
    if (worded.has(trained) || (trained !== path && found.has(trained))) continue;
    const title = titleOf(path);
    const explanation = `The number ${path} of the metrics.`;
    const curves = curvesOf(path, path.startsWith('training.') ? 'training' : title, found);
    charts.push({ group: 'Also recorded', title, unit: '', explanation, curves });
  }
  return [...strengthCharts(history), ...charts].filter(({ curves }) => curves.length > 0);
}

/** All numbers of an iteration that make a curve, by names with slashes between their parts. */
export function scalarsOf(metrics: IterationMetrics): [name: string, value: number][] {
  const scalars = pathsOf(metrics).map((path): [string, number] => [
    (path.includes('.') ? path : `run.${path}`).replaceAll('.', '/'),
    reader(path)(metrics)!,
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

/** The curve of a path if it is found, and of the same on games that are held out of training. */
function curvesOf(path: string, name: string, found: ReadonlySet<string>): Curve[] {
  const heldOut = path.replace(/^training\./, 'validation.');
  const both = [{ name, path }, ...(heldOut === path ? [] : [{ name: 'held out', path: heldOut }])];
  return both.filter((curve) => found.has(curve.path)).map((curve) => ({ name: curve.name, of: reader(curve.path) }));
}

const CUSTOM = 'custom.';

function reader(path: string): Curve['of'] {
  // Listeners name their metrics as they like.
  const keys = path.startsWith(CUSTOM) ? ['custom', path.slice(CUSTOM.length)] : path.split('.');
  return (metrics) => {
    let value: unknown = metrics;
    for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
    return typeof value === 'number' ? value : undefined;
  };
}

/** The paths of an iteration's numbers; what is in lists is left out. */
function pathsOf(metrics: IterationMetrics): string[] {
  const walk = (value: unknown, path: string): string[] => {
    if (typeof value === 'number') return [path];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => walk(inner, `${path}.${key}`));
  };
  return Object.entries(metrics).flatMap(([key, value]) => (UNDRAWN.includes(key) ? [] : walk(value, key)));
}

/** `selfPlay.meanRounds` as “Self-play: mean rounds”. */
function titleOf(path: string): string {
  const words = path.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('self play', 'self-play');
  const title = words.replace('.', ': ').replaceAll('.', ' ');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function strengthCharts(history: readonly IterationMetrics[]): Chart[] {
  const elo: Curve = {
    name: 'Elo',
    of: ({ evaluation }) => evaluation?.elo.mean,
    interval: ({ evaluation }) => evaluation?.elo,
  };
  const results = history.flatMap(({ evaluation }) => evaluation?.results ?? []);
  const scores = [...new Set(results.map(({ opponent }) => opponent))].map((name): Curve => {
    const scoreOf = ({ evaluation }: IterationMetrics) =>
      evaluation?.results.find(({ opponent }) => opponent === name)?.score;
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
