import { type AzulGame, rankOf } from '../../mcts/azul.js';
import { CHANCE } from '../../mcts/game.js';
import { type GameOutcome, PROBABILITY_UNITS } from './positionRecord.js';

/** Positions that there is room for at first; most games of 2 players have fewer. */
const POSITIONS = 128;
/** Actions of a policy that there is room for at first, on average. */
const ACTIONS = 32;

/**
 * The records (positionRecord.ts) of one game in the making. Positions are packed as they come, into memory that the next
 * game uses again: thousands of small arrays a second that live for some seconds each would fill the old generation of
 * the garbage collector.
 */
export class GameRecords {
  /** Positions so far. */
  count = 0;
  private readonly players: number;
  /** Integers of a record before its policy. */
  private readonly head: number;
  /** The records one behind the other; their values are there once the game has ended. */
  private integers: Int32Array;
  private floats: Float32Array;
  private shorts: Uint16Array;
  /** Where each record starts, and the one to come, in integers. */
  private starts = new Int32Array(POSITIONS + 1);
  /** Of each position the searched rank value of every seat, then every seat's margin value. */
  private values: Float64Array;

  constructor(private readonly game: AzulGame) {
    this.players = game.players;
    this.head = game.stateSize + 5 * game.players;
    this.integers = new Int32Array(POSITIONS * (this.head + ACTIONS));
    this.floats = new Float32Array(this.integers.buffer);
    this.shorts = new Uint16Array(this.integers.buffer);
    this.values = new Float64Array(2 * game.players * POSITIONS);
  }

  /** Begins with the next game. */
  clear(): void {
    this.count = 0;
  }

  /**
   * Adds a position: a value vector of its search, and a policy over the first `policySize` of `actions`, of which what 16
   * bits can hold is kept. A position that waits for a deal has no search of its own: it takes the values of the search
   * after the deal, one sample of what it is worth.
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
   * The finished records. The search's values become λ-returns: what the searches from each position on expected, the nearer
   * the more, G = (1 - λ) · own + λ · next G, with the outcome behind the last position (Sutton 1988). With λ = 0 they are
   * the values of each position's own search, with 1 the outcome.
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

  /** A copy of what each position's own search expected: the rank value of every seat, then every margin value. */
  searchValues(): Float32Array {
    return Float32Array.from(this.values.subarray(0, 2 * this.players * this.count));
  }

  /** Makes room for one more position. */
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
