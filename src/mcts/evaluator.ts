import type { Game } from './game.js';

/**
 * A batch of positions on its way to an evaluator and back. Row i of each array belongs to the batch's i-th position;
 * rows from `count` on hold rubbish.
 */
export class Leaves {
  count = 0;
  /** [capacity, stateSize] */
  readonly states: Int32Array;
  /** `[capacity, actions]`: unnormalised log-probabilities; those of illegal actions are never read. */
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

/** Judges positions: a network, rollouts, a heuristic. */
export interface Evaluator {
  /**
   * Fills `logits` and `values` of the rows below `leaves.count`. Positions are decisions or wait for chance (their
   * logits are not read); finished games never come here.
   */
  evaluate(leaves: Leaves): void | Promise<void>;
  /** Starts the evaluator's own chance anew, if it has any. */
  reseed?(seed: number): void;
  /** Frees what the evaluator holds. */
  close?(): Promise<void>;
}
