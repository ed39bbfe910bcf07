import type { Rules } from '../../../src/game/rules.js';
import { ROUND, TURN } from '../../../src/game/state.js';
import type { LastMove } from '../table/move.js';
import { Pieces } from '../table/moveText.js';
import { moveWords, type Piece } from '../table/sentence.js';
import { isOver, takenBack } from './game.js';
import { LastMoves } from './lastMove.js';
import type { Hint, PlayState } from './playState.js';

export interface StatusCardProps {
  play: PlayState;
  names: readonly string[];
  /** Which kind of player is to move; undefined if no move is due. */
  awaited: 'person' | 'model' | undefined;
  replies: readonly LastMove[];
  onTakeBack: () => void;
  onHint: () => void;
  onRetry: () => void;
}

/** Says whose turn it is and what the others did, and offers help. */
export function StatusCard({ play, names, awaited, replies, onTakeBack, onHint, onRetry }: StatusCardProps) {
  const { game, position, hint, failed } = play;
  const { rules, state } = position;
  const over = isOver(position);
  return (
    <section class="card status turn" style={{ '--replies': rules.players - 1 }}>
      <h2>{titleOf(names[state[TURN]!]!, awaited, { over, failed })}</h2>
      <div class="news quiet">
        {over ? '' : `Round ${Math.max(1, state[ROUND]!)}. `}
        {awaited === 'person' &&
          replies.length === 0 &&
          !hint &&
          'Take tiles of one colour, then choose a line for them.'}
        <LastMoves moves={replies} position={position} names={names} />
        {hint && (
          <p>
            <Pieces pieces={hintPieces(hint, rules)} />
          </p>
        )}
      </div>
      <div class="buttons">
        {failed && (
          <button type="button" class="primary" onClick={onRetry}>
            Ask again
          </button>
        )}
        <button type="button" disabled={!takenBack(game)} onClick={onTakeBack}>
          Take back
        </button>
        <button type="button" disabled={awaited !== 'person'} onClick={onHint}>
          Hint
        </button>
      </div>
    </section>
  );
}

/** A hint as a sentence. */
export function hintPieces({ text, move }: Hint, rules: Rules): Piece[] {
  return move ? ['Take ', ...moveWords(move, rules), ` (${text}).`] : [text];
}

function titleOf(
  name: string,
  awaited: StatusCardProps['awaited'],
  { over, failed }: { over: boolean; failed: boolean },
): string {
  if (awaited === 'model') return failed ? `${name} has not answered` : `${name} thinks…`;
  if (awaited === 'person') return name === 'You' ? 'Your turn' : `${name}’s turn`;
  return over ? 'The game is over' : 'The round is over';
}
