import type { Random } from '../game/random.js';

/** Somebody who plays Azul. One player may play many games side by side, so it is asked for all their moves at once. */
export interface Player {
  readonly name: string;
  /**
   * One legal action for each position, in their order. Positions have the phase PLAYING and start at index 0 of their
   * arrays; they are the match's own and must not be changed. `random` is this player's own stream in this match.
   */
  choose(positions: readonly Int32Array[], random: Random): Promise<number[]>;
  /** Frees what the player holds (sessions, processes). */
  close?(): Promise<void>;
}
