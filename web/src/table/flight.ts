import { destinationOf, TO_FLOOR } from '../../../src/game/action.js';
import { type LastMove, pickOf } from './move.js';

const FLIGHT_MS = 420;

/** Lets the tiles of a move that was just made fly from where they were taken to where they lie now. */
export function fly(table: HTMLElement, { action, seat, placed, fallen }: LastMove): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const from = table.querySelector(`[data-source="${pickOf(action).source}"]`)?.getBoundingClientRect();
  const board = table.querySelector(`[data-seat="${seat}"]`);
  if (!from || !board) return;
  const tilesOf = (line: number) => [...board.querySelectorAll(`[data-line="${line}"] .tile:not(.ghost)`)];
  // Lines fill from the wall outwards, so that the newest tiles come first; on the floor they come last.
  const line = destinationOf(action);
  const moved = fallen > 0 ? tilesOf(TO_FLOOR).slice(-fallen) : [];
  if (line !== TO_FLOOR) moved.unshift(...tilesOf(line).slice(0, placed));
  moved.forEach((tile, i) => {
    const to = tile.getBoundingClientRect();
    const x = from.left + from.width / 2 - to.left - to.width / 2;
    const y = from.top + from.height / 2 - to.top - to.height / 2;
    tile.animate([{ transform: `translate(${x}px, ${y}px) scale(1.15)` }, { transform: 'none' }], {
      duration: FLIGHT_MS,
      delay: 30 * i,
      easing: 'cubic-bezier(0.3, 0.8, 0.3, 1)',
      fill: 'backwards',
    });
  });
}
