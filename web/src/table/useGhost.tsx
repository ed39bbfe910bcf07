/** Imagined play on the table: the first moves of a variation, one after the other. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Position, printMove, printPosition } from '../../../src/game/notation.js';
import { type LastMove, lastMove } from './move.js';

const MOVE_MS = 800;

export interface Ghost {
  /** The imagined position, if one is shown. */
  position: Position | undefined;
  last: LastMove | undefined;
  /** Says what is shown, and leads back. */
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
  const show = (moves: readonly number[], count: number) => setPlay({ key, moves, at: 1, count });
  if (!shown) return { position: undefined, last: undefined, banner: null, show };

  const state = position.state.slice();
  const { rules } = position;
  let last: LastMove | undefined;
  for (const action of shown.moves.slice(0, shown.at)) {
    last = lastMove({ rules, state }, action);
    rules.apply(state, 0, action);
  }
  const banner = (
    <p class="ghost-banner" role="status">
      Imagined:{' '}
      {shown.moves
        .slice(0, shown.at)
        .map((action) => printMove(rules, action))
        .join(' ')}
      <button type="button" onClick={() => setPlay(undefined)}>
        Back to the game
      </button>
    </p>
  );
  return { position: { rules, state }, last, banner, show };
}
