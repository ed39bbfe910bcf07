/** How well a player moved: accuracies, and classes of errors with fixed thresholds. */
import { erred, type JudgedMove } from '../../../src/arena/gameAnalysis.js';

/** Classes of errors, the worst first, with their smallest loss as a fraction of what can be won. */
export const ERRORS = [
  { name: 'blunder', sign: '??', loss: 0.15 },
  { name: 'mistake', sign: '?', loss: 0.07 },
  { name: 'slip', sign: '?!', loss: 0.03 },
] as const;

export type ErrorClass = (typeof ERRORS)[number];

/** The class of a move; undefined if it is no error. */
export function errorOf(move: Pick<JudgedMove, 'move' | 'best' | 'loss'>): ErrorClass | undefined {
  return erred(move) ? ERRORS.find(({ loss }) => move.loss >= loss) : undefined;
}

/**
 * The accuracy of a seat's moves, 0 to 1: the mean over its moves of Lichess's accuracy of a move
 * (https://lichess.org/page/accuracy), with the loss in percent. NaN if the seat made no move.
 */
export function accuracyOf(moves: readonly JudgedMove[], seat: number): number {
  const own = moves.filter((move) => move.seat === seat);
  const accuracies = own.map(({ loss }) => (103.1668 * Math.exp(-4.354 * Math.max(0, loss)) - 3.1669) / 100);
  return accuracies.reduce((sum, accuracy) => sum + Math.max(0, accuracy), 0) / own.length;
}
