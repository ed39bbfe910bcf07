import type { Random } from '../game/random.js';

/** What happens next in a position: a player moves. */
export const DECISION = 0;
/** What happens next in a position: chance. */
export const CHANCE = 1;
/** What happens next in a position: nothing, the game is over. */
export const TERMINAL = 2;

/**
 * A game as the search sees it. A position is `stateSize` consecutive integers of an Int32Array from index `at`. Nothing is
 * checked: callers pass what the contract allows.
 */
export interface Game {
  readonly players: number;
  /** Size of the action space. Actions are numbers from 0 to actions - 1. */
  readonly actions: number;
  readonly stateSize: number;
  /**
   * Length of a value vector, at least `players`. First comes each player's utility in [-1, 1], which its moves maximise;
   * those of two players add up to 0. Then comes whatever else the game wants averaged over the search.
   */
  readonly valueSize: number;
  /** DECISION, CHANCE or TERMINAL. */
  kind(state: Int32Array, at: number): number;
  /** The player to move; before a deal, the player who will start. */
  mover(state: Int32Array, at: number): number;
  /** Writes the legal actions of a decision to `out` and returns their number, at least 1. */
  legal(state: Int32Array, at: number, out: Uint16Array): number;
  /** Plays a legal action of a decision, in place. */
  apply(state: Int32Array, at: number, action: number): void;
  /** Draws what chance does in a chance position, in place. */
  applyChance(state: Int32Array, at: number, random: Random): void;
  /** Writes the value vector of a finished game to `out` from `outAt` on. */
  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void;
  /**
   * Solves a decision if this effort is enough: writes its exact value vector to `out` from `outAt` on and returns true.
   * The game defines the unit of effort. Each unit should multiply the cost by a small factor.
   */
  solve?(state: Int32Array, at: number, effort: number, out: Float32Array, outAt: number): boolean;
}
