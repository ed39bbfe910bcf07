import { expect, test } from 'vitest';
import type { EvaluationResult } from '../../../src/players/matches.js';
import { chartsOf, smoothed } from '../../../src/training/curves/curves.js';
import type { IterationMetrics } from '../../../src/training/run/metrics.js';
import { metrics } from '../helpers.js';

const losses = { policyLoss: 2, valueLoss: 1, marginLoss: 0.5, ownershipLoss: 0.6 };
const step = { ...losses, gradientNorm: 1, policyAccuracy: 0.25, milliseconds: 1 };
const trained = (iteration: number): IterationMetrics => ({
  ...metrics(iteration),
  training: { ...step, loss: 4 - iteration, steps: 1, seconds: 1 },
});
const against = (opponent: string, mean: number) =>
  ({ opponent, score: { mean, error: 0.05, low: mean - 0.1, high: mean + 0.1 } }) as EvaluationResult;

const titles = (history: IterationMetrics[]) => chartsOf(history).map(({ title }) => title);

test('a run that has not trained yet has no loss, no accuracy and no score to plot', () => {
  expect(chartsOf([])).toEqual([]);
  expect(titles([metrics(1)])).toContain('Game length');
  for (const title of ['Loss', 'Policy accuracy', 'Score against opponents', 'Gradient norm']) {
    expect(titles([metrics(1)])).not.toContain(title);
    if (title !== 'Score against opponents') expect(titles([metrics(1), trained(2)])).toContain(title);
  }
});

test('every measured loss has a chart, with gaps where there was no training', () => {
  const history = [metrics(1), trained(2), trained(3)];
  expect(titles(history).filter((title) => title.endsWith('oss'))).toEqual([
    'Loss',
    'Policy loss',
    'Value loss',
    'Margin loss',
    'Ownership loss',
  ]);
  const [total] = chartsOf(history).find(({ title }) => title === 'Loss')!.curves;
  expect(history.map((m) => total!.of(m))).toEqual([undefined, 2, 1]);
});

test('held-out losses share a chart with training losses, and unknown metrics have charts', () => {
  const more = {
    validation: { loss: 3, wallLoss: 4 },
    custom: { cupsOfCoffee: 2, 'score.easy': 0.5, note: 'strong', list: [1] },
  };
  const history = [metrics(1), { ...trained(2), ...more } as unknown as IterationMetrics];
  const charts = new Map(chartsOf(history).map((chart) => [chart.title, chart]));
  const values = (title: string) =>
    charts.get(title)!.curves.map(({ name, of }) => [name, ...history.map((m) => of(m))]);
  expect(values('Loss')).toEqual([
    ['training', undefined, 2],
    ['held out', undefined, 3],
  ]);
  expect(values('Validation: wall loss')).toEqual([['Validation: wall loss', undefined, 4]]);
  expect(values('Custom: cups of coffee')).toEqual([['Custom: cups of coffee', undefined, 2]]);
  expect([...charts.values()].flatMap(({ curves }) => curves.map(({ of }) => of(history[1]!)))).toContain(0.5);
  expect(charts.get('Custom: cups of coffee')!.group).toBe('Also recorded');
  expect([...charts.keys()].filter((title) => /note|list/.test(title))).toEqual([]);
});

test('one chart has the gap between held-out and training games by head; the losses behind it get no chart of their own', () => {
  const measured = (loss: number) => ({ ...losses, loss, policyAccuracy: 0.5 });
  const history = [trained(1), { ...trained(2), validation: measured(4), seen: { ...measured(3), valueLoss: 0.75 } }];
  const charts = chartsOf(history);
  const gap = charts.find(({ title }) => title === 'Held out minus training')!;
  expect(gap.curves.map(({ name, of }) => [name, ...history.map((m) => of(m))])).toEqual([
    ['all heads, weighted', undefined, 1],
    ['policy', undefined, 0],
    ['value', undefined, 0.25],
    ['margin', undefined, 0],
    ['ownership', undefined, 0],
  ]);
  expect(charts.filter(({ group }) => group === 'Also recorded').map(({ title }) => title)).toEqual([
    ...chartsOf([trained(1)])
      .filter(({ group }) => group === 'Also recorded')
      .map(({ title }) => title),
  ]);
  expect(chartsOf([trained(1)]).map(({ title }) => title)).not.toContain('Held out minus training');
});

test('every fixed opponent and the rating have a curve with its interval', () => {
  const evaluated = (iteration: number, ...results: EvaluationResult[]): IterationMetrics => {
    const elo = { mean: 10 * iteration, error: 5, low: 0, high: 100 };
    return { ...metrics(iteration), evaluation: { elo, results, earlier: [against('iteration 1', 0.6)], best: 1 } };
  };
  const history = [
    evaluated(1, against('random', 0.9)),
    metrics(2),
    evaluated(3, against('random', 1), against('greedy', 0.4)),
  ];
  const curvesOf = (name: string) => chartsOf(history).find(({ title }) => title === name)!.curves;
  const curves = curvesOf('Score against opponents');
  expect(curves.map(({ name }) => name)).toEqual(['random', 'greedy']);
  expect(history.map((m) => curves[1]!.of(m))).toEqual([undefined, undefined, 0.4]);
  expect(curves[0]!.interval!(history[0]!)).toMatchObject({ low: 0.8, high: 1 });
  const [elo] = curvesOf('Elo');
  expect(history.map((m) => elo!.of(m))).toEqual([10, undefined, 30]);
  expect(elo!.interval!(history[2]!)).toMatchObject({ low: 0, high: 100 });
});

test('the moving average starts at the first value, skips gaps and follows a step by its span', () => {
  expect(smoothed([], 5)).toEqual([]);
  expect(smoothed([3, undefined, 3], 5)).toEqual([3, undefined, 3]);
  expect(smoothed([1, 7, 2], 1)).toEqual([1, 7, 2]);
  // Weights for a span of 3: 1/2 each time.
  const [, second, third] = smoothed([0, 1, 1], 3);
  expect(second).toBeCloseTo(2 / 3, 12);
  expect(third).toBeCloseTo(6 / 7, 12);
});
