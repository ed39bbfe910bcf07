/** Kinds of a stored value: exact, a lower bound or an upper bound. */
const EXACT = 0;
const LOWER = 1;
const UPPER = 2;

const SLOTS = 1 << 18;
/** Integers of an entry: two of the key, the value, and one with the move (16 bits), the depth (8) and the kind (2). */
const ENTRY = 4;
const VALUE = 2;
const REST = 3;

/**
 * Results of an alpha-beta search for positions that it may reach again by another order of moves: 2^18 entries in one array,
 * 4 MB. A new entry replaces an old one. An entry counts as found if 64 hashed bits agree.
 */
export class Transpositions {
  /** Whether the last `find` found its position. */
  hit = false;
  /** The key of the position of the last `find`, for `store`. */
  keyA = 0;
  keyB = 0;
  private readonly entries = new Int32Array(SLOTS * ENTRY);
  private search = 0;

  /**
   * Forgets everything: a new search number goes into every key. It does not change the slots, so a search that is cut short
   * finds the same after any other search.
   */
  begin(): void {
    this.search++;
  }

  /** Returns the slot of the position at `at`; `hit` says whether its entry is there. */
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

  /** Whether a slot's value is enough for a search with the window alpha to beta. */
  settles(slot: number, alpha: number, beta: number): boolean {
    const bound = this.entries[slot + REST]! & 3;
    if (bound === EXACT) return true;
    return bound === LOWER ? this.value(slot) >= beta : this.value(slot) <= alpha;
  }

  /** Fills a slot with the results for the position with this key. */
  store(slot: number, keyA: number, keyB: number, move: number, depth: number, bound: number, value: number): void {
    const { entries } = this;
    entries[slot] = keyA;
    entries[slot + 1] = keyB;
    entries[slot + VALUE] = value;
    entries[slot + REST] = (move << 16) | (depth << 8) | bound;
  }
}

/** The kind of a value that a search with the window alpha to beta returned. */
export function boundOf(value: number, alpha: number, beta: number): number {
  return value >= beta ? LOWER : value > alpha ? EXACT : UPPER;
}
