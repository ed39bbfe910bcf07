import { chanceName, type JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { parseMove } from '../../../src/game/notation.js';
import { percent } from '../engine/thinkPanel.js';
import { positionAfter } from '../play/game.js';
import { movesOf } from '../play/replies.js';
import { lastMove } from '../table/move.js';
import { Pieces } from '../table/moveText.js';
import { moveWords, plainText } from '../table/sentence.js';
import { errorOf } from './accuracy.js';
import type { AnalyseEvent, AnalyseState } from './analyseState.js';
import type { GameError } from './errors.js';
import { reasons } from './explain.js';

export interface ErrorCardProps {
  state: AnalyseState;
  error: GameError;
  onShow: (line: readonly number[], count: number) => void;
  dispatch: (event: AnalyseEvent) => void;
}

/** Explains an error: what was played, what was better, what it cost and why. The person can try again. */
export function ErrorCard({ state, error: { move, kind, place }, onShow, dispatch }: ErrorCardProps) {
  const { study, judged, trial } = state;
  const { names, start, tokens } = study;
  const position = positionAfter({ start, tokens }, place);
  const { rules } = position;
  const action = (token: string) => parseMove(rules, token);
  const words = (token: string) => moveWords(lastMove(position, action(token)), rules);
  const nextMove = tokens[place + 1]?.startsWith('=')
    ? undefined
    : movesOf({ start, tokens: tokens.slice(0, place + 2) })[place + 1];
  const next = judged?.[move.ply];
  const lost = next && move.margins[move.seat]! - next.margins[move.seat]!;
  return (
    <div class="error-card" aria-live="polite">
      <h3>
        <b class={kind.name}>{kind.sign}</b> {names[move.seat]}, round {move.round}: a {kind.name}
      </h3>
      <p>
        Played: <Pieces pieces={words(move.move)} />.
      </p>
      {!trial && (
        <p>
          Better: <Pieces pieces={words(move.best)} />.
        </p>
      )}
      <p>
        It cost {percent(move.loss)} of the {chanceName(names.length)}
        {lost !== undefined && lost > 0.05 ? ` and ${lost.toFixed(1)} expected points` : ''}.
      </p>
      {!trial && (
        <ul>
          {reasons({ position, move, names, reply: nextMove }).map((sentence) => (
            <li key={plainText(sentence)}>
              <Pieces pieces={sentence} />
            </li>
          ))}
        </ul>
      )}
      {trial && (
        <p class="verdict" role="status">
          {trial.verdict ? (
            <Verdict trial={trial.verdict} />
          ) : trial.token ? (
            'The model looks at your move…'
          ) : (
            'Find a better move: make it on the table.'
          )}
        </p>
      )}
      <div class="buttons">
        {trial ? (
          <button type="button" onClick={() => dispatch({ kind: 'endTrial' })}>
            Show the answer
          </button>
        ) : (
          <>
            <button type="button" class="primary" onClick={() => dispatch({ kind: 'tryAgain' })}>
              Try again
            </button>
            <button type="button" onClick={() => onShow(move.pv.map(action), move.pv.length)}>
              Play the better line
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** Whether the move that was tried is good. */
function Verdict({ trial }: { trial: JudgedMove }) {
  const kind = errorOf(trial);
  if (kind) {
    return (
      <>
        <b class={kind.name}>{kind.sign}</b> That is a {kind.name} too: it loses {percent(trial.loss)}. Try another
        move.
      </>
    );
  }
  return (
    <>
      <b class="good">{trial.move === trial.best ? 'The best move!' : 'A good move.'}</b>{' '}
      {trial.loss >= 0.005 ? `It loses ${percent(trial.loss)}.` : 'It loses nothing.'}
    </>
  );
}
