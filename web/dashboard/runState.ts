/** The current activity of a run, derived from its history and its configuration. */
import type { SessionEvent } from '../../src/cli/pages/runEvents.js';
import type { Config } from '../../src/training/config/schema.js';
import type { IterationMetrics } from '../../src/training/run/metrics.js';

/** Number of newest iterations from which the length of the next ones is predicted. */
const RECENT = 20;

/**
 * Returns the median length of the newest iterations, in seconds; 0: unknown. It is not the mean, because evaluations make
 * single iterations longer.
 */
export function iterationSeconds(history: readonly IterationMetrics[]): number {
  const newest = history.slice(-RECENT - 1);
  const lengths = newest.map(({ elapsed }, i) => elapsed - (i > 0 ? newest[i - 1]!.elapsed : 0));
  if (newest.length > 1) lengths.shift();
  return lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0;
}

/** Returns the next iteration with an evaluation; undefined if there is none. */
export function nextEvaluation(iteration: number, { evaluation, iterations }: Config): number | undefined {
  const { every } = evaluation;
  if (every === 0 || (iterations > 0 && iteration >= iterations)) return undefined;
  const next = (Math.floor(iteration / every) + 1) * every;
  return iterations > 0 ? Math.min(next, iterations) : next;
}

export type Activity = 'waiting' | 'training' | 'evaluating' | 'quiet' | 'stopped' | 'finished';

/**
 * Returns the activity of a run. `session` says whether a process works on it, and `ago` is the time in seconds since its last
 * iteration. A run that evaluates counts as quiet only after twice the time of the longest recent evaluation.
 */
export function activityOf(
  history: readonly IterationMetrics[],
  config: Config | undefined,
  session: SessionEvent | undefined,
  ago: number,
): Activity {
  const last = history.at(-1);
  if (last && config && config.iterations > 0 && last.iteration >= config.iterations) return 'finished';
  if (session === 'closed') return 'stopped';
  if (!last || !config) return session === 'silent' ? 'quiet' : 'waiting';
  const usual = Math.max(5, 3 * iterationSeconds(history));
  if (ago <= usual) return 'training';
  const evaluations = history.flatMap(({ evaluation }) =>
    evaluation ? [...evaluation.results, ...evaluation.earlier].reduce((sum, { seconds }) => sum + seconds, 0) : [],
  );
  const evaluating = nextEvaluation(last.iteration, config) === last.iteration + 1;
  const patience = usual + (evaluating ? 2 * Math.max(60, ...evaluations.slice(-RECENT)) : 60);
  if (ago > patience) return 'quiet';
  return evaluating ? 'evaluating' : 'training';
}
