import { CELLS } from '../../game/wall.js';
import type { Network } from '../../network/network.js';

/** Value that is added to the logits of illegal actions. */
export const ILLEGAL = -1e9;

/**
 * Training data of one step: `size` positions. Row i of every array belongs to position i. "Mover first" means that the
 * player to move comes first and the others follow in the order of play.
 */
export interface Batch {
  readonly size: number;
  /** `[size, inputs]`: encoded positions (encoding.ts). */
  readonly inputs: Float32Array;
  /** `[size, actions]`: target policies; all zeros in a row that has none. */
  readonly policy: Float32Array;
  /** `[size, actions]`: 0 where an action is legal, ILLEGAL elsewhere. */
  readonly mask: Float32Array;
  /** `[size]`: 1 where the row has a target policy, 0 where it has none. */
  readonly hasPolicy: Float32Array;
  /** `[size, players]`, mover first: target rank values in [-1, 1], from the game's outcome and from searches. */
  readonly outcome: Float32Array;
  /** `[size, players]`, mover first: rank values of the game's outcome alone, in [-1, 1]. */
  readonly finalRank: Float32Array;
  /** `[size, players]`, mover first: target margin values in [-1, 1], from the game's outcome and from searches. */
  readonly margin: Float32Array;
  /**
   * `[size, players · 25]`, mover first: 1 where the seat's wall has a tile at the end of the game, -1 where it has
   * none.
   */
  readonly ownership: Float32Array;
}

/** Returns a batch of zeros. */
export function emptyBatch({ inputs, actions, players }: Network, size: number): Batch {
  return {
    size,
    inputs: new Float32Array(size * inputs),
    policy: new Float32Array(size * actions),
    mask: new Float32Array(size * actions),
    hasPolicy: new Float32Array(size),
    outcome: new Float32Array(size * players),
    finalRank: new Float32Array(size * players),
    margin: new Float32Array(size * players),
    ownership: new Float32Array(size * players * CELLS),
  };
}

/** Target policies of several rows, as lists of entries. An action without an entry has probability 0. */
export interface SparsePolicies {
  /** `[size + 1]`: row i has the entries from `starts[i]` up to, not including, `starts[i + 1]`. */
  readonly starts: ArrayLike<number>;
  readonly actions: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
}

/** A batch whose target policies are either dense, as the sampler makes them, or sparse. */
export type TrainingBatch = Omit<Batch, 'policy'> & { readonly policy: Float32Array | SparsePolicies };

/** Returns sparse policies as a dense array, `[size, actions]`. */
export function densePolicies(
  { starts, actions: chosen, probabilities }: SparsePolicies,
  actions: number,
): Float32Array {
  const size = starts.length - 1;
  const dense = new Float32Array(size * actions);
  for (let row = 0; row < size; row++) {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) dense[row * actions + chosen[i]!] = probabilities[i]!;
  }
  return dense;
}
