import { parseMove } from '../../../src/game/notation.js';
import { TURN } from '../../../src/game/state.js';
import { errorOf } from '../analyse/accuracy.js';
import { percent } from '../engine/thinkPanel.js';
import { lastMove } from '../table/move.js';
import { Pieces } from '../table/moveText.js';
import { moveWords } from '../table/sentence.js';
import type { Grade } from './useCoach.js';

export interface CoachCardProps {
  /** Undefined until a move is graded. */
  grade: Grade | undefined;
  names: readonly string[];
  onTakeBack: () => void;
}

/** What the coach says of the person's last move. */
export function CoachCard({ grade, names, onTakeBack }: CoachCardProps) {
  return (
    <section class="card coach" aria-label="Coach" aria-live="polite">
      {grade ? (
        <Verdict grade={grade} names={names} onTakeBack={onTakeBack} />
      ) : (
        <p class="quiet">The coach grades each of your moves.</p>
      )}
    </section>
  );
}

function Verdict({ grade: { before, judged }, names, onTakeBack }: CoachCardProps & { grade: Grade }) {
  const { rules } = before;
  const kind = errorOf(judged);
  const name = names[before.state[TURN]!];
  const words = (token: string) => <Pieces pieces={moveWords(lastMove(before, parseMove(rules, token)), rules)} />;
  if (!kind) {
    return (
      <p>
        <b class="good">{judged.move === judged.best ? 'The best move.' : 'A good move.'}</b> You took{' '}
        {words(judged.move)}.
      </p>
    );
  }
  return (
    <>
      <p>
        <b class={kind.name}>{kind.sign}</b> A {kind.name}. {name} took {words(judged.move)}, and lost{' '}
        {percent(judged.loss)}. Better: {words(judged.best)}.
      </p>
      <div class="buttons">
        <button type="button" onClick={onTakeBack}>
          Take back and try
        </button>
      </div>
    </>
  );
}
