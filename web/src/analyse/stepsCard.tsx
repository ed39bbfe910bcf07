import { type Position, parseMove } from '../../../src/game/notation.js';
import { DEAL_DUE, PHASE, PLAYING, ROUND, TURN } from '../../../src/game/state.js';
import { dealFor, freshSeed, isOver } from '../play/game.js';
import { lastMove } from '../table/move.js';
import { Pieces } from '../table/moveText.js';
import { moveWords } from '../table/sentence.js';
import type { AnalyseEvent } from './analyseState.js';
import { lineOf, type Study } from './study.js';

export interface StepsCardProps {
  study: Study;
  position: Position;
  thinks: boolean;
  onThink: (thinks: boolean) => void;
  dispatch: (event: AnalyseEvent) => void;
}

/** Says which position is shown, and goes to others. */
export function StepsCard({ study, position, thinks, onThink, dispatch }: StepsCardProps) {
  const { at } = study;
  const line = lineOf(study);
  const next = line[at];
  const over = isOver(position);
  const dealDue = position.state[PHASE] === DEAL_DUE && !over;
  const steps = [
    { label: 'to the start', sign: '«', to: 0, possible: at > 0 },
    { label: 'one back', sign: '‹', to: at - 1, possible: at > 0 },
    { label: 'one on', sign: '›', to: at + 1, possible: next !== undefined },
    { label: 'to the end', sign: '»', to: line.length, possible: next !== undefined },
  ];
  return (
    <section class="card status">
      <h2>{over ? 'The game is over' : dealDue ? 'A deal is due' : `${study.names[position.state[TURN]!]} to move`}</h2>
      <p class="quiet">
        {study.end ? `Unfinished game: ${study.end}. ` : ''}
        {over ? '' : roundText(position)}
        {next && !next.startsWith('=') && (
          <>
            Played: <Pieces pieces={moveWords(lastMove(position, parseMove(position.rules, next)), position.rules)} />.
          </>
        )}
      </p>
      <div class="buttons steps" role="toolbar" aria-label="Steps">
        {steps.map(({ label, sign, to, possible }) => (
          <button
            key={label}
            type="button"
            aria-label={label}
            disabled={!possible}
            onClick={() => dispatch({ kind: 'goTo', at: to })}
          >
            {sign}
          </button>
        ))}
        {dealDue && (
          <button
            type="button"
            class={next === undefined ? 'primary' : 'button'}
            onClick={() => dispatch({ kind: 'play', token: dealFor(position, freshSeed()) })}
          >
            {next === undefined ? 'Deal' : 'Another deal'}
          </button>
        )}
        {study.line !== undefined && (
          <button type="button" onClick={() => dispatch({ kind: 'backToGame' })}>
            Back to the game
          </button>
        )}
        <label class="switch">
          <input type="checkbox" checked={thinks} onChange={(event) => onThink(event.currentTarget.checked)} />
          Think along
        </label>
      </div>
    </section>
  );
}

/** The current round or, before a deal, the next one. */
function roundText({ state }: Position): string {
  return state[PHASE] === PLAYING ? `Round ${state[ROUND]}. ` : `Before round ${state[ROUND]! + 1}. `;
}
