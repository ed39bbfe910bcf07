/** The errors of a judged game, in its order. */
import type { JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { type ErrorClass, errorOf } from './accuracy.js';
import { placesOfMoves } from './study.js';

export interface GameError {
  move: JudgedMove;
  kind: ErrorClass;
  /** Number of tokens before the move. */
  place: number;
}

export function errorsOf(tokens: readonly string[], judged: readonly JudgedMove[]): GameError[] {
  const places = placesOfMoves(tokens);
  return judged.flatMap((move) => {
    const kind = errorOf(move);
    return kind ? [{ move, kind, place: places[move.ply - 1]! }] : [];
  });
}
