/** The text forms of tiles, piles and counts, of which positions and moves consist. */
import {
  COLOURS,
  countOf,
  FACTORY_TILES,
  hasMarker,
  MARKER,
  pileOf,
  sizeOf,
  TILES_PER_COLOUR,
  tilesOf,
} from './pile.js';

/** The letters of the five colours, in their order. */
export const COLOUR_LETTERS = 'BYRKW';

/** Characters of a wrong text that a message shows. */
const MAX_QUOTED = 40;

/** The text is no position, move or deal. The message says where and why. */
export class NotationError extends Error {
  override name = 'NotationError';
}

export function parseFactory(text: string, where: string): number {
  const pile = parsePile(text, where, false);
  if (sizeOf(pile) > FACTORY_TILES) fail(where, `holds ${sizeOf(pile)} tiles, more than ${FACTORY_TILES}`);
  return pile;
}

/** `1BBY` for a pile, `-` for an empty one. */
export function printPile(pile: number): string {
  let text = hasMarker(pile) ? '1' : '';
  for (let colour = 0; colour < COLOURS; colour++)
    text += COLOUR_LETTERS[colour]!.repeat(countOf(tilesOf(pile), colour));
  return text || '-';
}

export function parsePile(text: string, where: string, mayHoldMarker: boolean): number {
  if (text === '-') return 0;
  if (text === '') fail(where, 'is missing (- stands for empty)');
  const marker = mayHoldMarker && text.startsWith('1');
  let pile = marker ? MARKER : 0;
  let last = 0;
  for (const letter of marker ? text.slice(1) : text) {
    const colour = COLOUR_LETTERS.indexOf(letter);
    if (colour < 0) fail(where, `has ${quote(letter)} in ${quote(text)}, not one of ${COLOUR_LETTERS}`);
    if (colour < last) fail(where, `has the tiles ${quote(text)} out of colour order (${COLOUR_LETTERS})`);
    if (countOf(pile, colour) === TILES_PER_COLOUR) fail(where, `has more than ${TILES_PER_COLOUR} tiles of ${letter}`);
    last = colour;
    pile += pileOf(colour, 1);
  }
  return pile;
}

export function printCounts(pile: number): string {
  return Array.from({ length: COLOURS }, (_, colour) => countOf(pile, colour)).join(',');
}

export function parseCounts(text: string, where: string): number {
  const counts = text.split(',');
  if (counts.length !== COLOURS) fail(where, `has ${counts.length} counts, not ${COLOURS}`);
  let pile = 0;
  counts.forEach((count, colour) => {
    pile |= pileOf(colour, parseInteger(count, `${where}, ${COLOUR_LETTERS[colour]}`, TILES_PER_COLOUR));
  });
  return pile;
}

export function parseInteger(text: string, where: string, max: number): number {
  if (!/^(0|[1-9]\d{0,8})$/.test(text)) fail(where, `is ${quote(text)}, not a whole number`);
  const n = Number(text);
  if (n > max) fail(where, `is ${n}, more than ${max}`);
  return n;
}

/** A text in quotes on one line, for messages. It is cut after `max` characters, and invisible characters are escaped. */
export function quote(text: string, max = MAX_QUOTED): string {
  let quoted = '';
  for (const character of text) {
    const next = printable(JSON.stringify(character).slice(1, -1));
    if (quoted.length + next.length > max) return `"${quoted}…"`;
    quoted += next;
  }
  return `"${quoted}"`;
}

/** The text with invisible characters, and those that change the text around them, as \\u escapes. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) =>
    c
      .split('')
      .map((unit) => `\\u${hex(unit)}`)
      .join(''),
  );
}

function hex(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0');
}

export function fail(where: string, what: string): never {
  throw new NotationError(`${where} ${what}`);
}
