import type { Random } from '../game/random.js';

/** What happens next in a position: a player moves. */
export const DECISION = 0;
/** What happens next in a position: chance. */
export const CHANCE = 1;
/** What happens next in a position: nothing, the game is over. */
export const TERMINAL = 2;

/**
 * What the search needs to know of a game. A position is `stateSize` consecutive integers of an Int32Array from index
 * `at`; nothing is checked, callers pass what the contract allows.
 */
export interface Game {
  readonly players: number;
  /** Size of the action space; actions are 0 to actions - 1. */
  readonly actions: number;
  readonly stateSize: number;
  /**
   * Length of a value vector, at least `players`: first each player's utility in [-1, 1], which its moves maximise (of
   * two players one is the other's negative), then whatever else the game wants averaged over the search.
   */
  readonly valueSize: number;
  /** DECISION, CHANCE or TERMINAL. */
  kind(state: Int32Array, at: number): number;
  /** The player whose point of view the position has: at a decision the one to move. */
  mover(state: Int32Array, at: number): number;
  /** At a decision: writes the legal actions to `out` and returns their number, at least 1. */
  legal(state: Int32Array, at: number, out: Uint16Array): number;
  /** At a decision: plays a legal action in place. */
  apply(state: Int32Array, at: number, action: number): void;
  /** At a chance position: lets chance happen in place. */
  applyChance(state: Int32Array, at: number, random: Random): void;
  /** At the end: writes the value vector to `out` from `outAt` on. */
  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void;
  /**
   * At a decision: if it can be solved with so much effort, writes its exact value vector to `out` from `outAt` on and
   * returns true. What a unit of effort is is the game's own affair; each should cost a few times what the one before does.
   */
  solve?(state: Int32Array, at: number, effort: number, out: Float32Array, outAt: number): boolean;
}
