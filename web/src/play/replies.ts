/** The moves of a game, and those that the others made since the person's last move. */
import { applyToken, type Position, parseMove } from '../../../src/game/notation.js';
import { hasMarker } from '../../../src/game/pile.js';
import { boardAt, FLOOR, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { type LastMove, lastMove } from '../table/move.js';
import { type Game, PERSON } from './game.js';

/** The moves of a line in the places of their tokens; undefined for a deal. */
export function movesOf({ start, tokens }: Pick<Game, 'start' | 'tokens'>): (LastMove | undefined)[] {
  const position = { rules: start.rules, state: start.state.slice() };
  return tokens.map((token) => {
    const move = token.startsWith('=') ? undefined : lastMove(position, parseMove(position.rules, token));
    applyToken(position, token);
    return move;
  });
}

/** The moves of the current round, oldest first. */
export function movesOfRound(game: Pick<Game, 'start' | 'tokens'>): LastMove[] {
  const moves = movesOf(game);
  return moves.slice(moves.lastIndexOf(undefined) + 1) as LastMove[];
}

/** The moves of a round that the others made since the viewer's move. The viewer is the person to move, or who moved last. */
export function repliesAmong(moves: readonly LastMove[], { seats }: Game, { rules, state }: Position): LastMove[] {
  const isPerson = (seat: number) => seats[seat] === PERSON;
  const mover = state[PHASE] === PLAYING ? state[TURN]! : undefined;
  const viewer =
    mover !== undefined && isPerson(mover) ? mover : (moves.findLast(({ seat }) => isPerson(seat))?.seat ?? mover);
  const own = moves.findLastIndex(({ seat }) => seat === viewer);
  return moves.slice(Math.max(own + 1, moves.length - rules.players + 1));
}

/** The seat that holds the first-player marker; undefined while it lies in the centre. */
export function markerHolder({ rules, state }: Position): number | undefined {
  const seats = Array.from({ length: rules.players }, (_, seat) => seat);
  return seats.find((seat) => hasMarker(state[boardAt(0, seat) + FLOOR]!));
}
