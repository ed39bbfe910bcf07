/** Which lines of a board can take which colours: a set with bit 5k + r for colour k and line r. */
import { COLOURS } from './pile.js';
import { ROWS, rowColours } from './wall.js';

/** SPREAD[set]: bit 5k for each colour k of a set of colours. */
const SPREAD = Int32Array.from({ length: 32 }, (_, set) => {
  let bits = 0;
  for (let colour = 0; colour < COLOURS; colour++) if ((set >> colour) & 1) bits |= 1 << (5 * colour);
  return bits;
});

/** The first line for all colours. */
export const FIRST_LINE = 0b00001_00001_00001_00001_00001;

/** The lines of a board that can take each colour. */
export function openLines(lines: number, wall: number): number {
  let open = 0;
  for (let row = 0; row < ROWS; row++) {
    const line = (lines >> (6 * row)) & 63;
    let colours = ~rowColours(wall, row) & 31;
    if (line !== 0) colours &= (line & 7) > row ? 0 : 1 << (line >> 3);
    open |= SPREAD[colours]! << row;
  }
  return open;
}
