import { COLOURS } from '../game/pile.js';
import type { Rules } from '../game/rules.js';
import { FLOOR, LINES, lineColour, lineCount, WALL } from '../game/state.js';
import { cellOf, placementScore, ROWS } from '../game/wall.js';

/** The points that a board (its index in the state) would gain if the round ended now: complete lines less the floor. */
export function roundGain(rules: Rules, state: Int32Array, board: number): number {
  const lines = state[board + LINES]!;
  let wall = state[board + WALL]!;
  let points = 0;
  for (let row = 0; row < ROWS; row++) {
    if (lineCount(lines, row) !== row + 1) continue;
    const colour = lineColour(lines, row);
    points += placementScore(wall, row, (colour + row) % COLOURS);
    wall |= cellOf(row, colour);
  }
  return points - rules.floorCost(state[board + FLOOR]!);
}
