/** Moves in words, with drawings of tiles among them. */
import { destinationOf, TO_FLOOR } from '../../../src/game/action.js';
import { COLOUR_NAMES } from '../../../src/game/description.js';
import type { Rules } from '../../../src/game/rules.js';
import { type LastMove, pickOf } from './move.js';

/** A piece of a sentence: words, or the drawing of a tile. */
export type Piece = string | { tile: number | 'marker' };

/** A move as the rest of a sentence: `2 blue from factory 3 to line 4`. It is complete without the drawings. */
export function moveWords({ action, placed, fallen, marker }: LastMove, rules: Rules): Piece[] {
  const { source, colour } = pickOf(action);
  const destination = destinationOf(action);
  const tile = { tile: colour };
  const pieces: Piece[] = [
    `${placed + fallen} `,
    tile,
    `${COLOUR_NAMES[colour]} from ${source === rules.factories ? 'the centre' : `factory ${source + 1}`}`,
    destination === TO_FLOOR ? ' to the floor' : ` to line ${destination + 1}`,
  ];
  if (destination !== TO_FLOOR && fallen > 0) pieces.push(`, ${fallen} `, tile, 'to the floor');
  if (marker) pieces.push(', with the ', { tile: 'marker' }, 'first-player marker');
  return pieces;
}

/** A move as a sentence without its full stop: `Club took 2 blue …`. */
export function moveSentence(move: LastMove, names: readonly string[], rules: Rules): Piece[] {
  return [`${names[move.seat]} took `, ...moveWords(move, rules)];
}

export function plainText(pieces: readonly Piece[]): string {
  return pieces.filter((piece) => typeof piece === 'string').join('');
}
