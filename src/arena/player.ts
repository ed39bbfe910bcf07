import type { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { MAX_PLAYERS, MIN_PLAYERS } from '../game/state.js';

/** Somebody who plays Azul. One player may play many games side by side, so it is asked for all their moves at once. */
export interface Player {
  readonly name: string;
  /**
   * One legal action for each position, in their order. Positions have the phase PLAYING and start at index 0 of their
   * arrays; they are the match's own and must not be changed. A game keeps its array to its end. `random` is this player's own stream in this match.
   */
  choose(positions: readonly Int32Array[], random: Random): Promise<number[]>;
  /** Why it gave no legal action for a game's position, by the same array; undefined if it can't say. */
  fault?(position: Int32Array): string | undefined;
  /** Fails, with the reason, if the player can't play now. */
  ready?(): Promise<void>;
  /** Frees what the player holds (sessions, processes). */
  close?(): Promise<void>;
}

/** The rules for the position's number of players, which its length tells. */
export function rulesOf(state: Int32Array): Rules {
  for (let players = MIN_PLAYERS; players < MAX_PLAYERS; players++) {
    if (Rules.for(players).stateSize === state.length) return Rules.for(players);
  }
  return Rules.for(MAX_PLAYERS);
}
