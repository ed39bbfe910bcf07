/** The floor line of a board: a pile of at most seven tiles, and the marker if the player holds it. */
import { markersIn, sizeOf } from './pile.js';

/** Spaces of a floor line. */
export const FLOOR_SPACES = 7;

/** FLOOR_COST[n]: the points that a floor line with n occupied spaces costs, 0 to 7. */
export const FLOOR_COST = Uint8Array.of(0, 1, 2, 4, 6, 8, 11, 14);

/** Occupied spaces of a floor line, 0 to 7. The marker takes one. */
export function spacesTaken(floor: number): number {
  return Math.min(FLOOR_SPACES, sizeOf(floor) + markersIn(floor));
}

/** The points that a floor line costs, 0 to 14. */
export function floorCost(floor: number): number {
  return FLOOR_COST[spacesTaken(floor)]!;
}
