/** What the others played since one's own last move, and how it is told. */
import { destinationOf, TO_FLOOR } from '../../../src/game/action.js';
import { COLOUR_NAMES } from '../../../src/game/description.js';
import { applyToken, type Position, parseMove } from '../../../src/game/notation.js';
import { hasMarker } from '../../../src/game/pile.js';
import type { Rules } from '../../../src/game/rules.js';
import { boardAt, FLOOR, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { type LastMove, lastMove, pickOf } from '../table/move.js';
import { type Game, PERSON, positionAfter } from './game.js';

/** The moves of the round, oldest first. */
export function movesOfRound({ start, tokens }: Pick<Game, 'start' | 'tokens'>): LastMove[] {
  const from = tokens.findLastIndex((token) => token.startsWith('='));
  const position = positionAfter({ start, tokens }, from + 1);
  return tokens.slice(from + 1).map((token) => {
    const move = lastMove(position, parseMove(position.rules, token));
    applyToken(position, token);
    return move;
  });
}

/** The moves among those of a round that the others made since the person moved who is to move, or who moved last. */
export function repliesAmong(moves: readonly LastMove[], { seats }: Game, { rules, state }: Position): LastMove[] {
  const isPerson = (seat: number) => seats[seat] === PERSON;
  const mover = state[PHASE] === PLAYING ? state[TURN]! : undefined;
  const viewer =
    mover !== undefined && isPerson(mover) ? mover : (moves.findLast(({ seat }) => isPerson(seat))?.seat ?? mover);
  const own = moves.findLastIndex(({ seat }) => seat === viewer);
  return moves.slice(Math.max(own + 1, moves.length - rules.players + 1));
}

/** Who holds the first-player marker, if a player does. */
export function markerHolder({ rules, state }: Position): number | undefined {
  const seats = Array.from({ length: rules.players }, (_, seat) => seat);
  return seats.find((seat) => hasMarker(state[boardAt(0, seat) + FLOOR]!));
}

/** A part of a sentence: words, or a tile beside them. */
export type Piece = string | { tile: number | 'marker' };

/** A move as a sentence, which is complete without the tiles. */
export function moveSentence(
  { action, seat, placed, fallen, marker }: LastMove,
  names: readonly string[],
  rules: Rules,
) {
  const { source, colour } = pickOf(action);
  const destination = destinationOf(action);
  const tile = { tile: colour };
  const pieces: Piece[] = [
    `${names[seat]} took ${placed + fallen} `,
    tile,
    `${COLOUR_NAMES[colour]} from ${source === rules.factories ? 'the centre' : `factory ${source + 1}`}`,
    destination === TO_FLOOR ? ' to the floor' : ` to line ${destination + 1}`,
  ];
  if (destination !== TO_FLOOR && fallen > 0) pieces.push(`, ${fallen} `, tile, 'to the floor');
  if (marker) pieces.push(', with the ', { tile: 'marker' }, 'first-player marker');
  return pieces;
}

export function plainText(pieces: readonly Piece[]): string {
  return pieces.filter((piece) => typeof piece === 'string').join('');
}
