import type { Game } from './game.js';

/**
 * A batch of positions for an evaluator, with its answers. Row i of each array belongs to the i-th position. Rows from
 * `count` on are meaningless.
 */
export class Leaves {
  count = 0;
  /** `[capacity, stateSize]` */
  readonly states: Int32Array;
  /** `[capacity, actions]`: unnormalised log-probabilities. Those of illegal actions are never read. */
  readonly logits: Float32Array;
  /** `[capacity, valueSize]`: expected value vectors. */
  readonly values: Float32Array;

  constructor(
    readonly game: Game,
    readonly capacity: number,
  ) {
    this.states = new Int32Array(capacity * game.stateSize);
    this.logits = new Float32Array(capacity * game.actions);
    this.values = new Float32Array(capacity * game.valueSize);
  }
}

/** Gives positions a policy and values: a network, rollouts, or a heuristic. */
export interface Evaluator {
  /**
   * Fills `logits` and `values` of the rows below `leaves.count`. A position is a decision, or waits for chance; then its
   * logits are not read. It is never a finished game.
   */
  evaluate(leaves: Leaves): void | Promise<void>;
  /** Reseeds the evaluator's own random numbers, if it has any. */
  reseed?(seed: number): void;
  /** Frees what the evaluator holds. */
  close?(): Promise<void>;
}
