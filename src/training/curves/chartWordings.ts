/** Charts with explanations: what each chart shows, and how a healthy run looks. */
import { HEAD_NAMES } from '../step/heads.js';
import type { Chart } from './chart.js';
import { RULE } from './overfitting.js';

/** A chart with the paths of its metrics, by the names of its curves. A path is keys with dots between them. */
export interface Wording extends Omit<Chart, 'curves'> {
  paths: Record<string, string>;
}

/** All charts with explanations, in the order of a report. */
export const WORDINGS: Wording[] = [
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
    title: 'Learning rate',
    unit: '',
    explanation:
      'The size of each training step, set by the schedule. Check that it follows the schedule that you configured.',
    paths: { 'learning rate': 'learningRate' },
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
    title: 'Held out minus training',
    unit: '',
    explanation: `The loss on held-out games minus the loss on games that are trained on, for the same weights. ${RULE}`,
    paths: {
      'all heads, weighted': 'gap.loss',
      ...Object.fromEntries(HEAD_NAMES.map((head) => [head, `gap.${head}Loss`])),
    },
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
    title: 'Policy divergence',
    unit: 'nats',
    explanation:
      'The Kullback-Leibler divergence of the search’s policy from that of the network: the policy loss without the ' +
      'entropy of its targets. It is 0 for a network that has learned all that the search says.',
    paths: { training: 'training.policyKl' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Search’s move among the first three',
    unit: '%',
    explanation: 'The fraction of positions in which the search’s move is one of the network’s three most probable.',
    paths: { training: 'training.policyTop3' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Entropy of the network’s policy',
    unit: 'nats',
    explanation:
      'The mean entropy of the predicted policy. It falls as the network becomes surer of its moves, and should stay ' +
      'near that of the search’s policies.',
    paths: { training: 'training.policyEntropy' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Explained variance of the value',
    unit: '',
    explanation:
      'R²: the fraction of the variance of results that the network predicts, 1 for all of it and 0 for none. If the ' +
      'value loss rises while this stays, games have become more even and the value is as good as before.',
    paths: { training: 'training.valueR2' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Explained variance of the margin',
    unit: '',
    explanation: 'R² of the predicted score margins. It behaves like that of the value.',
    paths: { training: 'training.marginR2' },
    noisy: true,
  },
  {
    group: 'Learning',
    title: 'Calibration error of the value',
    unit: '%',
    explanation:
      'How far predicted chances are from what happened, on held-out games: the mean distance of the reliability ' +
      'curve from its diagonal. It falls towards 0 as the network learns how sure it may be.',
    paths: { 'held out': 'validation.valueCalibrationError' },
    noisy: true,
  },
  ...(['value', 'margin'] as const).flatMap((head) => [
    errorChart(head, 'Rmse', 'Root mean square error', 'Large errors count most.'),
    errorChart(head, 'Mae', 'Mean absolute error', 'All errors count by their size.'),
    errorChart(head, 'Mape', 'Mean absolute percentage error', 'Errors count in relation to their targets.'),
  ]),
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

function errorChart(head: 'value' | 'margin', measure: string, name: string, explanation: string): Wording {
  const what = head === 'value' ? 'results, from -1 to 1' : 'margins, as the network scales them';
  return {
    group: 'Errors',
    title: `${name} of the ${head}`,
    unit: measure === 'Mape' ? '%' : '',
    explanation: `The ${name.toLowerCase()} of predicted ${what}. ${explanation}`,
    paths: { training: `training.${head}${measure}` },
    noisy: true,
  };
}
