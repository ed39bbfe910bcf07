import type { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { MAX_PLAYERS, MIN_PLAYERS } from '../game/state.js';

/** A player. It may play many games side by side, so it is asked for all their moves at once. */
export interface Player {
  readonly name: string;
  /**
   * Returns one legal action for each position, in their order. Positions have the phase PLAYING and start at index 0 of their
   * arrays. They must not be changed. A game has the same array to its end. `random` is this player's stream in this match.
   */
  choose(positions: readonly Int32Array[], random: Random): Promise<number[]>;
  /** Why it gave no legal action for a position, given by the same array; undefined if it can't say. */
  fault?(position: Int32Array): string | undefined;
  /** Throws the reason if the player can't play now. */
  ready?(): Promise<void>;
  /** Frees the player's sessions and processes. */
  close?(): Promise<void>;
}

/** The rules for a position's number of players, found by its length. */
export function rulesOf(state: Int32Array): Rules {
  for (let players = MIN_PLAYERS; players < MAX_PLAYERS; players++) {
    if (Rules.for(players).stateSize === state.length) return Rules.for(players);
  }
  return Rules.for(MAX_PLAYERS);
}
