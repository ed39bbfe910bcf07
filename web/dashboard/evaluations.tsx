/** The newest evaluations as a crosstable: checkpoints against opponents. */
import { percent } from '../../src/cli/format.js';
import type { IterationMetrics } from '../../src/training/metrics.js';

const ROWS = 8;

export function Evaluations({ history }: { history: readonly IterationMetrics[] }) {
  const evaluated = history.filter(({ evaluation }) => evaluation && evaluation.length > 0).slice(-ROWS);
  const opponents = [...new Set(evaluated.flatMap(({ evaluation }) => evaluation!.map(({ opponent }) => opponent)))];
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
                  <th scope="row">{iteration.toLocaleString('en')}</th>
                  {opponents.map((opponent) => {
                    const result = evaluation!.find((one) => one.opponent === opponent);
                    return result ? <Score key={opponent} {...result} /> : <td key={opponent}>–</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {evaluated.length > 0 && (
        <p class="note">Score with its 95 % interval, and points ahead; every deal is played from all seats.</p>
      )}
    </section>
  );
}

type ScoreProps = Pick<NonNullable<IterationMetrics['evaluation']>[number], 'score' | 'margin'>;

/** On green where it is good, on red where it is bad, the surer the more. */
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
