import { type AzulGame, rankOf } from '../../mcts/azul.js';
import { CHANCE } from '../../mcts/game.js';
import { type GameOutcome, PROBABILITY_UNITS } from './positionRecord.js';

/** Initial capacity in positions. Most games of 2 players have fewer. */
const POSITIONS = 128;
/** Initial capacity in policy entries per position, on average. */
const ACTIONS = 32;

/**
 * Records (positionRecord.ts) of one game while it is played. Positions are packed into memory that the next game uses
 * again. Otherwise thousands of small arrays per second, each alive for some seconds, would fill the old generation of
 * the garbage collector.
 */
export class GameRecords {
  /** Number of positions so far. */
  count = 0;
  private readonly players: number;
  /** Size of a record before its policy, in 32-bit integers. */
  private readonly head: number;
  /** All records, one after the other. `finish` fills in their walls and values. */
  private integers: Int32Array;
  private floats: Float32Array;
  private shorts: Uint16Array;
  /** Start of each record, and of the next one, in 32-bit integers. */
  private starts = new Int32Array(POSITIONS + 1);
  /** For each position, the searched rank value of every seat, then the searched margin value of every seat. */
  private values: Float64Array;

  constructor(private readonly game: AzulGame) {
    this.players = game.players;
    this.head = game.stateSize + 5 * game.players;
    this.integers = new Int32Array(POSITIONS * (this.head + ACTIONS));
    this.floats = new Float32Array(this.integers.buffer);
    this.shorts = new Uint16Array(this.integers.buffer);
    this.values = new Float64Array(2 * game.players * POSITIONS);
  }

  /** Removes all positions, to begin the next game. */
  clear(): void {
    this.count = 0;
  }

  /**
   * Adds a position with the value vector of its search and a policy. The policy covers the first `policySize` of
   * `actions`; entries that round to 0 in 16 bits are left out. A position before a deal has no search of its own. It
   * takes the values of the search after the deal, which are one sample of its value.
   */
  add(
    state: Int32Array,
    vector: Float64Array,
    actions: ArrayLike<number>,
    policy: Float64Array,
    policySize: number,
  ): void {
    this.reserve(policySize);
    const { players, head, integers, shorts, starts, values } = this;
    const start = starts[this.count]!;
    integers.set(state, start);
    let end = start + head;
    for (let i = 0; i < policySize; i++) {
      const probability = Math.round(policy[i]! * PROBABILITY_UNITS);
      if (probability === 0) continue;
      shorts[2 * end] = actions[i]!;
      shorts[2 * end + 1] = probability;
      end++;
    }
    const row = 2 * players * this.count;
    for (let p = 0; p < players; p++) {
      const margin = vector[players + p]!;
      values[row + p] = rankOf(vector[p]!, margin);
      values[row + players + p] = margin;
    }
    if (this.count > 0 && this.game.kind(integers, starts[this.count - 1]!) === CHANCE) {
      values.copyWithin(row - 2 * players, row, row + 2 * players);
    }
    this.count++;
    starts[this.count] = end;
  }

  /**
   * Returns the finished records. The search values become λ-returns: G = (1 - λ) · own + λ · next G, where the game's
   * outcome follows the last position (Sutton 1988). Nearer searches weigh more. With λ = 0, each position gets the
   * values of its own search; with λ = 1, the outcome.
   */
  finish({ rank, margin, walls }: GameOutcome, lambda: number): Uint8Array[] {
    const { count, players, game, integers, floats, starts, values } = this;
    const kinds = 2 * players;
    const outcome = new Float64Array(kinds);
    outcome.set(rank);
    outcome.set(margin, players);
    const next = outcome.slice();
    for (let i = count - 1; i >= 0; i--) {
      const at = starts[i]! + game.stateSize;
      integers.set(walls, at);
      floats.set(outcome, at + players);
      for (let k = 0; k < kinds; k++) {
        const own = values[kinds * i + k]!;
        next[k] = own + lambda * (next[k]! - own);
      }
      floats.set(next, at + players + kinds);
    }
    const bytes = new Uint8Array(integers.buffer);
    return Array.from({ length: count }, (_, i) => bytes.slice(4 * starts[i]!, 4 * starts[i + 1]!));
  }

  /**
   * Returns a copy of each position's own search values: the rank value of every seat, then the margin value of every
   * seat.
   */
  searchValues(): Float32Array {
    return Float32Array.from(this.values.subarray(0, 2 * this.players * this.count));
  }

  /** Makes room for one more position with `policySize` policy entries. */
  private reserve(policySize: number): void {
    const { count, head, players } = this;
    if (this.integers.length < this.starts[count]! + head + policySize) {
      const integers = new Int32Array(2 * this.integers.length + head + policySize);
      integers.set(this.integers);
      this.integers = integers;
      this.floats = new Float32Array(integers.buffer);
      this.shorts = new Uint16Array(integers.buffer);
    }
    if (this.starts.length < count + 2) {
      const starts = new Int32Array(2 * this.starts.length);
      starts.set(this.starts);
      this.starts = starts;
      const values = new Float64Array(2 * players * starts.length);
      values.set(this.values);
      this.values = values;
    }
  }
}
