/**
 * The format in which the replay buffer stores a position of a self-play game. The byte order is that of the machine
 * (little-endian on all platforms of Node except s390x):
 *
 *     stateSize × int32 | players × int32 | 4 × players × float32 | n × (action uint16, probability uint16 / 65535)
 *
 * The first integers are the position; those after it are each seat's wall at the end of the game (wall.ts). The floats
 * are the outcome's rank value of every seat and its margin value of every seat, then the λ-returns of both in this order
 * (gameRecords.ts).
 */

import { CELLS } from '../../game/wall.js';
import type { AzulGame } from '../../mcts/azul.js';
import type { Encoder } from '../../network/encoding.js';
import { type Batch, ILLEGAL } from './batch.js';

/** The probability 1 as a 16-bit integer. */
export const PROBABILITY_UNITS = 65535;

/** Rank and margin values, by seat. */
export interface ValueTargets {
  rank: ArrayLike<number>;
  margin: ArrayLike<number>;
}

/** Outcome of a game, by seat. */
export interface GameOutcome extends ValueTargets {
  /** Bit sets of the filled wall cells (wall.ts). */
  walls: ArrayLike<number>;
}

/** A position and the results of its search. */
export interface SearchedPosition {
  state: Int32Array;
  /**
   * Actions of the policy, then their probabilities in units of 1 / `PROBABILITY_UNITS`. Both are empty before a deal.
   */
  actions: Uint16Array;
  probabilities: Uint16Array;
  search: { rank: number[]; margin: number[] };
}

/** Unpacks the position and its search from a record of a game. */
export function unpackSearch({ stateSize, players }: AzulGame, record: Uint8Array): SearchedPosition {
  const buffer = record.slice().buffer;
  const values = (kind: number) => Array.from(new Float32Array(buffer, 4 * (stateSize + kind * players), players));
  const policy = new Uint16Array(buffer, 4 * (stateSize + 5 * players));
  return {
    state: new Int32Array(buffer, 0, stateSize),
    actions: policy.filter((_, i) => i % 2 === 0),
    probabilities: policy.filter((_, i) => i % 2 === 1),
    search: { rank: values(3), margin: values(4) },
  };
}

/** The parts of a record, as views of memory. */
export interface RecordView {
  state: Int32Array;
  /** Wall of each seat at the end of the game, as a bit set. */
  walls: Int32Array;
  /**
   * The outcome's rank value of every seat and its margin value of every seat, then the λ-returns of both in this
   * order.
   */
  values: Float32Array;
  /** Pairs of an action and its probability in units of 1 / `PROBABILITY_UNITS`. */
  policy: Uint16Array;
}

/** Copies records into new memory, and returns views of the parts of each. */
export function viewRecords({ stateSize, players }: AzulGame, records: readonly Uint8Array[]): RecordView[] {
  const memory = new Uint8Array(records.reduce((sum, { byteLength }) => sum + byteLength, 0));
  const { buffer } = memory;
  let at = 0;
  return records.map((record) => {
    memory.set(record, at);
    const walls = at + 4 * stateSize;
    const values = walls + 4 * players;
    const policy = values + 16 * players;
    at += record.byteLength;
    return {
      state: new Int32Array(buffer, walls - 4 * stateSize, stateSize),
      walls: new Int32Array(buffer, walls, players),
      values: new Float32Array(buffer, values, 4 * players),
      policy: new Uint16Array(buffer, policy, (at - policy) / 2),
    };
  });
}

/** Turns records into rows of a batch. */
export class RecordDecoder {
  /** The current record, as bytes and as numbers of the three types that it contains. */
  private readonly bytes: Uint8Array;
  private readonly integers: Int32Array;
  private readonly floats: Float32Array;
  private readonly shorts: Uint16Array;
  private readonly legal: Uint16Array;

  constructor(
    private readonly game: AzulGame,
    private readonly encoder: Encoder,
  ) {
    const longest = new ArrayBuffer(4 * (game.stateSize + 5 * game.players + game.actions));
    this.bytes = new Uint8Array(longest);
    this.integers = new Int32Array(longest);
    this.floats = new Float32Array(longest);
    this.shorts = new Uint16Array(longest);
    this.legal = new Uint16Array(game.actions);
  }

  /**
   * Writes a record to one row of a batch. `searchWeight` is the fraction of a value target that comes from the
   * λ-returns instead of the outcome.
   */
  decode(record: Uint8Array, searchWeight: number, batch: Batch, row: number): void {
    const { game, integers, floats, shorts, legal, encoder } = this;
    const { players, actions, stateSize } = game;
    this.bytes.set(record);
    encoder.encode(integers, 0, batch.inputs, row * encoder.inputs);

    const mover = game.mover(integers, 0);
    for (let seat = 0; seat < players; seat++) {
      const p = mover + seat < players ? mover + seat : mover + seat - players;
      const outcome = stateSize + players + p;
      const search = outcome + 2 * players;
      const to = row * players + seat;
      batch.finalRank[to] = floats[outcome]!;
      batch.outcome[to] = floats[outcome]! + searchWeight * (floats[search]! - floats[outcome]!);
      batch.margin[to] =
        floats[outcome + players]! + searchWeight * (floats[search + players]! - floats[outcome + players]!);
      const wall = integers[stateSize + p]!;
      for (let cell = 0; cell < CELLS; cell++) batch.ownership[to * CELLS + cell] = (wall >> cell) & 1 ? 1 : -1;
    }

    const from = row * actions;
    const policy = 2 * (stateSize + 5 * players);
    const end = record.byteLength / 2;
    let sum = 0;
    for (let i = policy; i < end; i += 2) sum += shorts[i + 1]!;
    batch.hasPolicy[row] = sum > 0 ? 1 : 0;
    batch.policy.fill(0, from, from + actions);
    batch.mask.fill(sum > 0 ? ILLEGAL : 0, from, from + actions);
    if (sum === 0) return;
    for (let i = policy; i < end; i += 2) batch.policy[from + shorts[i]!] = shorts[i + 1]! / sum;
    const n = game.legal(integers, 0, legal);
    for (let i = 0; i < n; i++) batch.mask[from + legal[i]!] = 0;
  }
}
