/**
 * A pile: the counts of tiles by colour in one place (a factory, the centre, a floor line, the bag or the lid), and whether
 * the first-player marker lies there, in one 32-bit integer. Colour k (B=0, Y=1, R=2, K=3, W=4) has bits 5k to 5k+4, a
 * count from 0 to 20. The marker has bit 25. The sum of two piles has the sums of their counts.
 */
export const COLOURS = 5;
/** Tiles of each colour in a game. */
export const TILES_PER_COLOUR = 20;
/** Tiles of a full factory. */
export const FACTORY_TILES = 4;
/** The first-player marker in a pile. */
export const MARKER = 1 << 25;

const TILES = MARKER - 1;

/** Tiles of one colour in a pile, 0 to 20. */
export function countOf(pile: number, colour: number): number {
  return (pile >> (5 * colour)) & 31;
}

/** A pile of `count` tiles of one colour. */
export function pileOf(colour: number, count: number): number {
  return count << (5 * colour);
}

/** COLOUR_OF[bit]: the colour that a bit of a pile belongs to. */
const COLOUR_OF = Uint8Array.from({ length: 5 * COLOURS }, (_, bit) => Math.floor(bit / 5));

/** The last colour of a pile that has tiles and no marker. */
export function lastColourOf(pile: number): number {
  return COLOUR_OF[31 - Math.clz32(pile)]!;
}

/** The pile without one colour. */
export function without(pile: number, colour: number): number {
  return pile & ~(31 << (5 * colour));
}

/** The pile without the marker. */
export function tilesOf(pile: number): number {
  return pile & TILES;
}

/** Whether the first-player marker lies in the pile. */
export function hasMarker(pile: number): boolean {
  return (pile & MARKER) !== 0;
}

/** First-player markers in the pile, 0 or 1. */
export function markersIn(pile: number): number {
  return pile >> 25;
}

/** Number of tiles in a pile, without the marker. */
export function sizeOf(pile: number): number {
  return (pile & 31) + ((pile >> 5) & 31) + ((pile >> 10) & 31) + ((pile >> 15) & 31) + ((pile >> 20) & 31);
}
