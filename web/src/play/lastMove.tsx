/** The moves that the others made since the person's last move. */
import type { Position } from '../../../src/game/notation.js';
import type { LastMove } from '../table/move.js';
import { Pieces } from '../table/moveText.js';
import { moveSentence } from '../table/sentence.js';
import { Tile } from '../table/tiles.js';
import { markerHolder } from './replies.js';

export interface LastMovesProps {
  moves: readonly LastMove[];
  position: Position;
  names: readonly string[];
}

export function LastMoves({ moves, position, names }: LastMovesProps) {
  const holder = markerHolder(position);
  if (moves.length === 0 && holder === undefined) return null;
  return (
    <ul class={`last-moves ${moves.length > 1 ? 'several' : ''}`} aria-label="Last moves">
      {moves.map((move) => (
        <li key={move.seat}>
          <Pieces pieces={moveSentence(move, names, position.rules)} />.{' '}
        </li>
      ))}
      {holder !== undefined && !moves.some(({ marker }) => marker) && (
        <li>
          <Tile colour="marker" class="small" />
          Marker: {names[holder]}.
        </li>
      )}
    </ul>
  );
}
