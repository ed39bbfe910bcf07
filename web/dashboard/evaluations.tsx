/** The newest evaluations as a table: a row for each iteration, a column for each opponent. */
import { percent } from '../../src/cli/terminal/format.js';
import type { IterationMetrics } from '../../src/training/run/metrics.js';
import { eloText } from './numbers.js';

const ROWS = 8;

export function Evaluations({ history }: { history: readonly IterationMetrics[] }) {
  const evaluated = history.filter(({ evaluation }) => evaluation !== null).slice(-ROWS);
  const best = evaluated.at(-1)?.evaluation?.best;
  const matches = evaluated.map(({ evaluation }) => ({
    fixed: evaluation!.results.map(({ opponent }) => opponent),
    earlier: evaluation!.earlier.map(({ opponent }) => opponent),
  }));
  const opponents = [
    ...new Set([...matches.flatMap(({ fixed }) => fixed), ...matches.flatMap(({ earlier }) => earlier)]),
  ];
  return (
    <section class="card evaluations" aria-labelledby="evaluations-title">
      <h3 id="evaluations-title">Evaluations</h3>
      {evaluated.length === 0 ? (
        <p class="nothing">The first one is still to come.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section class="wide" tabIndex={0} aria-label="evaluations, newest first">
          <table>
            <thead>
              <tr>
                <th scope="col">iteration</th>
                <th scope="col">Elo</th>
                {opponents.map((opponent) => (
                  <th key={opponent} scope="col">
                    {opponent}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {evaluated.toReversed().map(({ iteration, evaluation }) => (
                <tr key={iteration}>
                  <th scope="row">
                    {iteration.toLocaleString('en')}
                    {iteration === best && <small>best</small>}
                  </th>
                  <td>
                    <b>{eloText(evaluation!.elo.mean)}</b>
                    <small>± {(evaluation!.elo.high - evaluation!.elo.mean).toFixed(0)}</small>
                  </td>
                  {opponents.map((opponent) => {
                    const all = [...evaluation!.results, ...evaluation!.earlier];
                    const result = all.find((one) => one.opponent === opponent);
                    return result ? <Score key={opponent} {...result} /> : <td key={opponent} />;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {evaluated.length > 0 && (
        <p class="note">
          Scores with their 95 % intervals, and points ahead; every deal is played from all seats. Elo is computed from
          all games of the run’s ladder.
        </p>
      )}
    </section>
  );
}

type ScoreProps = Pick<NonNullable<IterationMetrics['evaluation']>['results'][number], 'score' | 'margin'>;

/** A score on green if it is good, on red if it is bad; the farther from 50 %, the stronger the colour. */
function Score({ score, margin }: ScoreProps) {
  const step = Math.min(5, Math.floor(Math.abs(2 * score.mean - 1) * 5.99));
  return (
    <td class={`result ${score.mean < 0.5 ? 'lost' : 'won'}-${step}`}>
      <b>{percent(score.mean)}</b>
      <small>
        {(100 * score.low).toFixed(0)}–{(100 * score.high).toFixed(0)} %, {margin.mean < 0 ? '−' : '+'}
        {Math.abs(margin.mean).toFixed(1)}
      </small>
    </td>
  );
}
