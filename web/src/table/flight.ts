import { destinationOf, TO_FLOOR } from '../../../src/game/action.js';
import { filledOnFloor, type LastMove, pickOf } from './move.js';

const FLIGHT_MS = 420;

/**
 * Lets the tiles of a move fly from where they were taken to where they lie now. `floor` is the pile of the mover's floor
 * line. `pace` is a factor of the duration; with 0 nothing flies.
 */
export function fly(table: HTMLElement, move: LastMove, floor: number, pace: number): void {
  if (pace === 0) return;
  const { action, seat, placed } = move;
  const from = table.querySelector(`[data-source="${pickOf(action).source}"]`)?.getBoundingClientRect();
  const board = table.querySelector(`[data-seat="${seat}"]`);
  if (!from || !board) return;
  const tilesOf = (line: number) => [...board.querySelectorAll(`[data-line="${line}"] .tile:not(.ghost)`)];
  const onFloor = tilesOf(TO_FLOOR);
  // Lines fill from the wall outwards: the newest tiles come first.
  const line = destinationOf(action);
  const inLine = line === TO_FLOOR ? [] : tilesOf(line).slice(0, placed);
  const moved = [...inLine, ...filledOnFloor(floor, move).map((i) => onFloor[i]!)];
  moved.forEach((tile, i) => {
    const to = tile.getBoundingClientRect();
    const x = from.left + from.width / 2 - to.left - to.width / 2;
    const y = from.top + from.height / 2 - to.top - to.height / 2;
    tile.animate([{ transform: `translate(${x}px, ${y}px) scale(1.15)` }, { transform: 'none' }], {
      duration: pace * FLIGHT_MS,
      delay: pace * 30 * i,
      easing: 'cubic-bezier(0.3, 0.8, 0.3, 1)',
      fill: 'backwards',
    });
  });
}
