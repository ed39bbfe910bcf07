/** Imagined play on the table: shows the first moves of a line one after the other. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Position, printPosition } from '../../../src/game/notation.js';
import { type LastMove, lastMove } from './move.js';
import { MoveText } from './moveText.js';

const MOVE_MS = 800;

export interface Ghost {
  /** The imagined position; undefined while the real one is shown. */
  position: Position | undefined;
  last: LastMove | undefined;
  /** Says which moves are shown, and leads back. */
  banner: ComponentChildren;
  /** Plays out the first `count` moves. */
  show: (moves: readonly number[], count: number) => void;
}

export function useGhost(position: Position): Ghost {
  const key = printPosition(position);
  const [play, setPlay] = useState<{ key: string; moves: readonly number[]; at: number; count: number }>();
  const shown = play?.key === key ? play : undefined;
  useEffect(() => {
    if (!shown || shown.at >= shown.count) return;
    const timer = setTimeout(() => setPlay({ ...shown, at: shown.at + 1 }), MOVE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  useEffect(() => {
    if (!shown) return;
    const leave = ({ key }: KeyboardEvent) => key === 'Escape' && setPlay(undefined);
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [shown === undefined]);
  const show = (moves: readonly number[], count: number) => setPlay({ key, moves, at: 1, count });
  if (!shown) return { position: undefined, last: undefined, banner: null, show };

  const state = position.state.slice();
  const { rules } = position;
  const made: LastMove[] = [];
  for (const action of shown.moves.slice(0, shown.at)) {
    made.push(lastMove({ rules, state }, action));
    rules.apply(state, 0, action);
  }
  const banner = (
    <p class="ghost-banner" role="status">
      Imagined:{' '}
      {made.map((move, i) => (
        <MoveText key={i} move={move} rules={rules} />
      ))}
      <button type="button" onClick={() => setPlay(undefined)}>
        Back to the game
      </button>
    </p>
  );
  return { position: { rules, state }, last: made.at(-1), banner, show };
}
