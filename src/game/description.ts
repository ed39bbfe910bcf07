/** Moves in words. */
import { colourOf, destinationOf, sourceOf, TO_FLOOR } from './action.js';
import { type Position, printMove } from './notation.js';
import { countOf, hasMarker } from './pile.js';
import { boardAt, CENTRE, LINES, lineCount, TURN } from './state.js';

/** The names of the five colours, in their order. */
export const COLOUR_NAMES = ['blue', 'yellow', 'red', 'black', 'white'] as const;

/** A legal move in words: `3B4: all 2 blue of factory 3 into line 4`. */
export function describeMove({ rules, state }: Position, action: number): string {
  const source = sourceOf(action);
  const colour = colourOf(action);
  const row = destinationOf(action);
  const fromCentre = source === rules.factories;
  const pile = fromCentre ? state[CENTRE]! : state[rules.firstFactory + source]!;
  const count = countOf(pile, colour);
  const tiles = `${count === 1 ? 'the one' : `all ${count}`} ${COLOUR_NAMES[colour]}`;
  const marker = hasMarker(pile) ? ', and the first-player marker' : '';
  const from = fromCentre ? 'the centre' : `factory ${source + 1}`;
  return `${printMove(rules, action)}: ${tiles} of ${from} ${destination()}${marker}`;

  function destination(): string {
    if (row === TO_FLOOR) return 'to the floor';
    const lines = state[boardAt(0, state[TURN]!) + LINES]!;
    const over = count - (row + 1 - lineCount(lines, row));
    return `into line ${row + 1}${over > 0 ? `, ${over} to the floor` : ''}`;
  }
}
