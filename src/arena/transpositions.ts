/** Kinds of value: the true one, or one that it is at least or at most. */
export const EXACT = 0;
export const LOWER = 1;
export const UPPER = 2;

const BITS = 18;
const SIZE = 1 << BITS;

/**
 * What a search found out about positions that it may reach again by other orders of the moves: 2^18 entries in flat
 * arrays, 3 MB, the newest kept. An entry is trusted when 18 + 32 hashed bits agree.
 */
export class Transpositions {
  readonly value = new Int32Array(SIZE);
  readonly move = new Uint16Array(SIZE);
  readonly depth = new Int8Array(SIZE);
  readonly bound = new Uint8Array(SIZE);
  /** Whether the last `find` found its position. */
  hit = false;
  /** The key of the position that was last looked for, to be given to `store`. */
  key = 0;
  private readonly keys = new Int32Array(SIZE);
  private search = 0;

  /** Forgets everything: the number of the search is part of every key. */
  begin(): void {
    this.search++;
  }

  /** The slot of the position at `at`; `hit` tells whether its entry is there. */
  find(states: Int32Array, at: number, size: number): number {
    let a = Math.imul(this.search, 0x9e3779b1);
    let b = ~a;
    for (let i = at; i < at + size; i++) {
      const word = states[i]!;
      a = Math.imul(a ^ word, 0x21f0aaad);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x735a2d97);
      b ^= b >>> 13;
    }
    const slot = (a ^ (a >>> 16)) & (SIZE - 1);
    this.key = b;
    this.hit = this.keys[slot] === b;
    return slot;
  }

  /** Fills a slot with what is known of the position that has the key. */
  store(slot: number, key: number, move: number, depth: number, bound: number, value: number): void {
    this.keys[slot] = key;
    this.move[slot] = move;
    this.depth[slot] = depth;
    this.bound[slot] = bound;
    this.value[slot] = value;
  }
}
