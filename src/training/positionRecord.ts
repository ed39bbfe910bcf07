/**
 * A position of a self-play game as the replay buffer keeps it, little-endian:
 *
 *     stateSize × int32 | 4 × players × float32 | n × (action uint16, probability uint16 / 65535)
 *
 * The floats are, for every seat: the outcome's rank value and margin value, and the search's of both.
 */

import type { AzulGame } from '../mcts/azul.js';
import { type Batch, ILLEGAL } from './batch.js';
import type { Encoder } from './encoding.js';

const PROBABILITY_UNITS = 65535;

/** Values of one kind, by seat. */
export interface ValueTargets {
  rank: ArrayLike<number>;
  margin: ArrayLike<number>;
}

/** A position and its search, before the game's outcome is known. */
export interface SearchedPosition {
  state: Int32Array;
  /** Actions with a probability worth keeping, and those; empty where a deal is due. */
  actions: Uint16Array;
  probabilities: Uint16Array;
  search: { rank: number[]; margin: number[] };
}

/** Keeps what 16 bits can hold of a policy over the root's actions. */
export function sparsePolicy(actions: ArrayLike<number>, policy: Float64Array, count: number) {
  const kept: number[] = [];
  for (let i = 0; i < count; i++) if (Math.round(policy[i]! * PROBABILITY_UNITS) > 0) kept.push(i);
  return {
    actions: Uint16Array.from(kept, (i) => actions[i]!),
    probabilities: Uint16Array.from(kept, (i) => Math.round(policy[i]! * PROBABILITY_UNITS)),
  };
}

export function packRecord(position: SearchedPosition, outcome: ValueTargets): Uint8Array {
  const { state, actions, probabilities, search } = position;
  const players = search.rank.length;
  const bytes = new Uint8Array(4 * state.length + 16 * players + 4 * actions.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const value of state) {
    view.setInt32(at, value, true);
    at += 4;
  }
  for (const values of [outcome.rank, outcome.margin, search.rank, search.margin]) {
    for (let p = 0; p < players; p++, at += 4) view.setFloat32(at, values[p]!, true);
  }
  for (let i = 0; i < actions.length; i++, at += 4) {
    view.setUint16(at, actions[i]!, true);
    view.setUint16(at + 2, probabilities[i]!, true);
  }
  return bytes;
}

/** Turns records into rows of a batch. */
export class RecordDecoder {
  private readonly state: Int32Array;
  private readonly legal: Uint16Array;

  constructor(
    private readonly game: AzulGame,
    private readonly encoder: Encoder,
  ) {
    this.state = new Int32Array(game.stateSize);
    this.legal = new Uint16Array(game.actions);
  }

  /**
   * Fills one row of a batch. `searchWeight` is the part of the value targets that comes from the search's values
   * instead of the outcome.
   */
  decode(record: Uint8Array, searchWeight: number, batch: Batch, row: number): void {
    const { game, state, legal, encoder } = this;
    const { players, actions } = game;
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    let at = 0;
    for (let i = 0; i < state.length; i++, at += 4) state[i] = view.getInt32(at, true);
    encoder.encode(state, 0, batch.inputs, row * encoder.inputs);

    const mover = game.mover(state, 0);
    for (let seat = 0; seat < players; seat++) {
      const p = (mover + seat) % players;
      const value = (kind: number) => view.getFloat32(at + 4 * (kind * players + p), true);
      batch.outcome[row * players + seat] = (1 - searchWeight) * value(0) + searchWeight * value(2);
      batch.margin[row * players + seat] = (1 - searchWeight) * value(1) + searchWeight * value(3);
    }
    at += 16 * players;

    const from = row * actions;
    batch.policy.fill(0, from, from + actions);
    let sum = 0;
    for (let i = at; i < record.byteLength; i += 4) sum += view.getUint16(i + 2, true);
    for (let i = at; i < record.byteLength; i += 4) {
      batch.policy[from + view.getUint16(i, true)] = view.getUint16(i + 2, true) / sum;
    }
    batch.hasPolicy[row] = sum > 0 ? 1 : 0;
    const n = sum > 0 ? game.legal(state, 0, legal) : 0;
    batch.mask.fill(sum > 0 ? ILLEGAL : 0, from, from + actions);
    for (let i = 0; i < n; i++) batch.mask[from + legal[i]!] = 0;
  }
}
