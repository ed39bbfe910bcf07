/** The review of a game: how well each player moved, and one error after the other. */
import { chanceName, type JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { percent } from '../engine/thinkPanel.js';
import { accuracyOf, ERRORS } from './accuracy.js';
import type { AnalyseEvent, AnalyseState } from './analyseState.js';
import { ErrorCard } from './errorCard.js';
import type { GameError } from './errors.js';

export interface ReviewProps {
  state: AnalyseState;
  errors: readonly GameError[];
  /** The error whose position is shown. */
  error: GameError | undefined;
  /** Shows the first `count` moves of a line on the table. */
  onShow: (line: readonly number[], count: number) => void;
  dispatch: (event: AnalyseEvent) => void;
}

export function Review({ state, errors, error, onShow, dispatch }: ReviewProps) {
  const { study, judged, progress } = state;
  if (progress !== undefined) {
    return (
      <section class="card" aria-label="Review">
        <label>
          Every position of the game is searched… <progress max={1} value={progress} />
        </label>
        <div class="buttons">
          <button type="button" onClick={() => dispatch({ kind: 'stop' })}>
            Stop
          </button>
        </div>
      </section>
    );
  }
  if (!judged) {
    return (
      <section class="card" aria-label="Review">
        <p class="quiet">See how well each player moved, and where the game turned.</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => dispatch({ kind: 'judge' })}>
            Analyse the game
          </button>
        </div>
      </section>
    );
  }
  const before = errors.findLast(({ place }) => place < study.at);
  const next = errors.find(({ place }) => place > study.at);
  return (
    <section class="card review" aria-label="Review">
      <h2>Review</h2>
      <Summary judged={judged} names={study.names} errors={errors} />
      <div class="buttons">
        <button
          type="button"
          title="key p"
          disabled={!before}
          onClick={() => dispatch({ kind: 'choose', at: before!.place })}
        >
          Previous error
        </button>
        <button
          type="button"
          title="key n"
          disabled={!next}
          onClick={() => dispatch({ kind: 'choose', at: next!.place })}
        >
          Next error
        </button>
      </div>
      {error && <ErrorCard key={error.place} state={state} error={error} onShow={onShow} dispatch={dispatch} />}
    </section>
  );
}

function Summary({
  judged,
  names,
  errors,
}: {
  judged: readonly JudgedMove[];
  names: readonly string[];
  errors: readonly GameError[];
}) {
  const classes = ERRORS.toReversed();
  return (
    <>
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Player</th>
            <th scope="col">Accuracy</th>
            {classes.map(({ name, sign }) => (
              <th key={name} scope="col">
                <abbr title={`${name}s`} class={name}>
                  {sign}
                </abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, seat) => {
            const accuracy = accuracyOf(judged, seat);
            return (
              <tr key={seat}>
                <th scope="row">{name}</th>
                <td>{Number.isNaN(accuracy) ? '–' : percent(accuracy)}</td>
                {classes.map((kind) => (
                  <td key={kind.name}>
                    {errors.filter((error) => error.kind === kind && error.move.seat === seat).length}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="quiet legend">
        Loss of {chanceName(names.length)}:{' '}
        {classes.map(({ name, sign, loss }, i) => (
          <span key={name}>
            <b class={name}>{sign}</b> {name} from {percent(loss)}
            {i < classes.length - 1 ? ', ' : '.'}
          </span>
        ))}
      </p>
    </>
  );
}
