import { printSpec } from '../../players/playerSpec.js';
import { shellWord } from '../../quoting.js';
import type { IterationMetrics } from '../../training/run/metrics.js';
import { Monitor } from '../../training/run/monitor.js';
import type { Run } from '../../training/run/run.js';
import { readerOf } from '../../training/run/scalars.js';
import { duration, percent, playersFlag } from './format.js';

/** Iterations in a moving average. */
const WINDOW = 10;

const NUMBERS = [
  { path: 'training.loss', name: 'loss', mode: 'min', print: (value: number) => value.toFixed(3) },
  { path: 'validation.loss', name: 'held-out loss', mode: 'min', print: (value: number) => value.toFixed(3) },
  { path: 'training.policyAccuracy', name: 'accuracy', mode: 'max', print: percent },
  { path: 'evaluation.elo.mean', name: 'Elo', mode: 'max', print: (value: number) => value.toFixed(0) },
] as const;

/** What a run has come to: time, counts, its best and its recent numbers, and where its models lie. Empty before the first iteration. */
export function runSummary(run: Run): string[] {
  const history = run.metrics.read();
  const last = history.at(-1);
  if (!last) return [];
  const values = NUMBERS.map(({ path, ...number }) => ({ ...number, of: readerOf(path) }));
  const best = values.flatMap(({ name, mode, print, of }) => {
    const found = bestOf(history, of, mode);
    return found ? [`${name} ${print(of(found)!)} (iteration ${found.iteration})`] : [];
  });
  const recent = values.flatMap(({ name, print, of }) => {
    const some = history.slice(-WINDOW).flatMap((metrics) => of(metrics) ?? []);
    return some.length > 0 ? [`${name} ${print(some.reduce((a, b) => a + b) / some.length)}`] : [];
  });
  const { checkpoints } = run;
  const marked = checkpoints.best()?.iteration;
  const newest = checkpoints.iterations().at(-1);
  return [
    `${last.iteration} iterations in ${duration(last.elapsed)}, ${(last.elapsed / last.iteration).toFixed(1)} s each; ` +
      `${count(last.totalGames)} games, ${count(last.totalPositions)} positions, ${count(last.step)} training steps`,
    ...(best.length > 0 ? [`best: ${best.join(', ')}`] : []),
    ...(recent.length > 0 ? [`mean of the last ${Math.min(WINDOW, history.length)}: ${recent.join(', ')}`] : []),
    `final learning rate ${last.learningRate.toPrecision(3)}`,
    ...(marked === undefined
      ? []
      : [`best model: ${checkpoints.modelPath(marked)} (iteration ${marked}, by ${criterion(run)})`]),
    ...(newest === undefined ? [] : [`newest model: ${checkpoints.modelPath(newest)}`]),
  ].map((line) => `  ${line}`);
}

/** 12345 as 12,345. */
function count(n: number): string {
  return n.toLocaleString('en');
}

/** What decides which checkpoint is the best. */
function criterion({ config }: Run): string {
  return config.monitor.keepBest ? new Monitor(config).metric : 'Elo';
}

function bestOf(
  history: readonly IterationMetrics[],
  of: (metrics: IterationMetrics) => number | undefined,
  mode: 'min' | 'max',
): IterationMetrics | undefined {
  const sign = mode === 'min' ? 1 : -1;
  return history
    .filter((metrics) => of(metrics) !== undefined)
    .reduce<IterationMetrics | undefined>((a, b) => (a && sign * of(a)! <= sign * of(b)! ? a : b), undefined);
}

/** The commands that come next, a line each: with the best checkpoint if there is one, else the newest. */
export function nextCommands({ folder, config, checkpoints }: Run): string[] {
  const model = shellWord(printSpec({ kind: checkpoints.best() ? 'best' : 'latest', target: folder }));
  const seats = playersFlag(config.players);
  return [
    `  azul play ${model}${seats}  # plays against it`,
    `  azul evaluate ${model} greedy${seats}  # measures it`,
    `  azul report ${shellWord(folder)}  # draws its curves`,
    `  azul web ${shellWord(folder)}  # shows them in the browser`,
  ];
}
