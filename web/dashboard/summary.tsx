/** The run in a few lines: activity, progress and newest numbers. */
import { duration, percent, rate } from '../../src/cli/terminal/format.js';
import { fitnessOf } from '../../src/training/curves/overfitting.js';
import type { LadderResult } from '../../src/training/run/metrics.js';
import { eloText } from './numbers.js';
import type { RunFeed } from './runFeed.js';
import { useNow } from './runFeed.js';
import { type Activity, activityOf, iterationSeconds, nextEvaluation } from './runState.js';

const SAYS: Record<Activity, string> = {
  waiting: 'waiting for the first iteration',
  training: 'training',
  evaluating: 'evaluating',
  quiet: 'no sign of life',
  stopped: 'stopped',
  finished: 'finished',
};

export function Summary({ feed }: { feed: RunFeed }) {
  const { description, history, grown, session, connected } = feed;
  const now = useNow();
  const config = description?.config;
  const last = history.at(-1);
  const ago = Math.max(0, (now - grown) / 1000);
  const activity = activityOf(history, config, session, ago);
  const over = activity === 'finished' || activity === 'stopped';
  const iterations = config?.iterations ?? 0;
  const status = connected ? activity : 'away';
  return (
    <section class="summary" aria-label="the run at a glance">
      <div class="headline">
        <h2>{description?.name ?? 'Run'}</h2>
        <p class={`activity ${status}`} role="status">
          {(connected || over) && SAYS[activity]}
          {!connected && `${over ? '; ' : ''}not connected; trying again`}
        </p>
        {last && (
          <p class="facts">
            iteration <b>{last.iteration.toLocaleString('en')}</b>
            {iterations > 0 && ` of ${iterations.toLocaleString('en')}`}
            {activity !== 'finished' && `, ${duration(ago)} ago`} · worked <b>{duration(last.elapsed)}</b>
            {(activity === 'training' || activity === 'evaluating') && <Outlook feed={feed} ago={ago} />}
          </p>
        )}
      </div>
      {last && iterations > 0 && <progress max={iterations} value={last.iteration} aria-label="iterations done" />}
      {last && <Tiles feed={feed} />}
    </section>
  );
}

/** The expected times until the next evaluation and until the end of the run. */
function Outlook({ feed: { history, description }, ago }: { feed: RunFeed; ago: number }) {
  const { config } = description!;
  const { iteration, elapsed } = history.at(-1)!;
  const next = nextEvaluation(iteration, config);
  const until = (target: number) => Math.max(0, (target - iteration) * iterationSeconds(history) - ago);
  const left = (elapsed / iteration) * (config.iterations - iteration);
  return (
    <>
      {next !== undefined && (
        <>
          {' '}
          · next evaluation{' '}
          {until(next) < 1 ? (
            <b>now</b>
          ) : (
            <>
              in <b>{duration(until(next))}</b>
            </>
          )}
        </>
      )}
      {config.iterations > 0 && (
        <>
          {' '}
          · done in about <b>{duration(left)}</b>
        </>
      )}
    </>
  );
}

function Tiles({ feed: { history, description } }: { feed: RunFeed }) {
  const last = history.at(-1)!;
  const { selfPlay, window, totalGames, learningRate } = last;
  const training = history.findLast((metrics) => metrics.training)?.training;
  const evaluation = history.findLast((metrics) => metrics.evaluation)?.evaluation;
  const tiles: [title: string, value: string, note: string][] = [
    ['loss', training ? training.loss.toFixed(3) : '–', 'all heads, weighted'],
    ['accuracy', training ? percent(training.policyAccuracy) : '–', 'of the policy'],
    ['Elo', evaluation ? eloText(evaluation.elo.mean) : '–', evaluation ? eloNote(evaluation) : 'no evaluation yet'],
    ['games/s', rate(selfPlay.gamesPerSecond), `${totalGames.toLocaleString('en')} so far`],
    ['simulations/s', rate(selfPlay.simulationsPerSecond), 'all threads together'],
    ['game length', selfPlay.meanPlies.toFixed(1), `plies; ${selfPlay.meanScore.toFixed(0)} points each`],
    ['buffer', rate(window), `positions of ${rate(last.totalPositions)}`],
    [
      'learning',
      fitnessOf(history, description?.config.training.policyWeight) ?? '–',
      'by the gap between held-out and training games',
    ],
    ['learning rate', learningRate.toExponential(1), `${last.step.toLocaleString('en')} steps`],
  ];
  return (
    <dl class="figures">
      {tiles.map(([title, value, note]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd class="value">{value}</dd>
          <dd class="note">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function eloNote({ elo, best }: LadderResult): string {
  return `± ${(elo.high - elo.mean).toFixed(0)}; best: ${best.toLocaleString('en')}`;
}
