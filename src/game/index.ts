/** The rules: positions, moves, deals and their notation. Loads no other folder, and runs in a browser. */

export { canonicalise } from './canonical.js';
export {
  applyToken,
  type Position,
  parseMove,
  parsePosition,
  printDeal,
  printMove,
  printPosition,
  startPosition,
} from './notation.js';
export { perft } from './perft.js';
export { Random } from './random.js';
export { Rules } from './rules.js';
export { NotationError } from './tileNotation.js';
export { type PatternLine, type PlayerView, type PositionView, viewOf } from './view.js';
