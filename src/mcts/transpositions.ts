/** Kinds of value: the true one, or one that it is at least or at most. */
const EXACT = 0;
const LOWER = 1;
const UPPER = 2;

const SLOTS = 1 << 18;
/** Integers of an entry: two of the key, the value, and 16 bits of the move, 8 of the depth and 2 of the bound. */
const ENTRY = 4;
const VALUE = 2;
const REST = 3;

/**
 * What an alpha-beta search found out about positions that it may reach again by other orders of the moves: 2^18 entries
 * in one array, 4 MB, the newest kept. An entry is trusted when 64 hashed bits agree.
 */
export class Transpositions {
  /** Whether the last `find` found its position. */
  hit = false;
  /** The key of the position that was last looked for, to be given to `store`. */
  keyA = 0;
  keyB = 0;
  private readonly entries = new Int32Array(SLOTS * ENTRY);
  private search = 0;

  /**
   * Forgets everything: the number of the search is part of every key. It has no say in the slots, so that a search that
   * is cut short finds the same whatever was searched before it.
   */
  begin(): void {
    this.search++;
  }

  /** The slot of the position at `at`; `hit` tells whether its entry is there. */
  find(states: Int32Array, at: number, size: number): number {
    let a = 0x9e3779b1 | 0;
    let b = ~a;
    for (let i = at; i < at + size; i++) {
      const word = states[i]!;
      a = Math.imul(a ^ word, 0x21f0aaad);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x735a2d97);
      b ^= b >>> 13;
    }
    const slot = ENTRY * ((a ^ (a >>> 16)) & (SLOTS - 1));
    this.keyA = (a + this.search) | 0;
    this.keyB = b;
    this.hit = this.entries[slot] === this.keyA && this.entries[slot + 1] === b;
    return slot;
  }

  value(slot: number): number {
    return this.entries[slot + VALUE]!;
  }

  move(slot: number): number {
    return this.entries[slot + REST]! >>> 16;
  }

  depth(slot: number): number {
    return (this.entries[slot + REST]! >> 8) & 255;
  }

  /** Whether what a slot says of the position that was found is all that a search between two values needs. */
  settles(slot: number, alpha: number, beta: number): boolean {
    const bound = this.entries[slot + REST]! & 3;
    if (bound === EXACT) return true;
    return bound === LOWER ? this.value(slot) >= beta : this.value(slot) <= alpha;
  }

  /** Fills a slot with what is known of the position that has the key. */
  store(slot: number, keyA: number, keyB: number, move: number, depth: number, bound: number, value: number): void {
    const { entries } = this;
    entries[slot] = keyA;
    entries[slot + 1] = keyB;
    entries[slot + VALUE] = value;
    entries[slot + REST] = (move << 16) | (depth << 8) | bound;
  }
}

/** What a value is that came out of a search between two others. */
export function boundOf(value: number, alpha: number, beta: number): number {
  return value >= beta ? LOWER : value > alpha ? EXACT : UPPER;
}
