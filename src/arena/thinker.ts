import type { Position } from '../game/notation.js';

/** What a network says of a position without a search. */
export interface PolicyAndValues {
  /** Each player's expected result, -1 to 1, player 0 first whoever is to move. */
  values: number[];
  /** Every legal action, equal factories apart, with probabilities that add up to 1; empty where no move is due. */
  policy: { action: number; probability: number }[];
}

/** A search ends here, whatever its budget: its tree then takes up some 4 GB. */
export const MOST_SIMULATIONS = 4_000_000;

/** How long to search: by one of the two, or, without, until a signal ends it. */
export interface SearchBudget {
  /** At most MOST_SIMULATIONS. */
  sims?: number;
  /** Milliseconds. */
  movetime?: number;
}

export interface SearchOptions {
  /** Lines wanted, at least 1; fewer come back where there are fewer moves. */
  multipv: number;
  /** Seeds all chance in the search: with a budget of simulations, equal seeds give equal reports but for the time. */
  seed: number;
}

/** One move that was searched. */
export interface Line {
  action: number;
  visits: number;
  /** Each player's expected result after the action. */
  values: number[];
  /** How many points each player is expected to be ahead of the best other. */
  margins: number[];
  /** The play that the search expects, the action first. */
  pv: number[];
}

export interface SearchReport {
  sims: number;
  timeMs: number;
  /** Each player's expected result in the position that was searched. */
  values: number[];
  /** How many points each player is expected to be ahead of the best other there. */
  margins: number[];
  /** Best first, at least one. */
  lines: Line[];
}

/**
 * Judges positions for the engine and for a person at the terminal. Positions are not to be changed; actions are numbered
 * as in the position given. One call at a time, but for `ready`.
 */
export interface Thinker {
  /** Resolves once models are loaded; the other calls wait for theirs by themselves. */
  ready(): Promise<void>;
  /** The game is not over; a deal may be due. */
  evaluate(position: Position, seed: number): Promise<PolicyAndValues>;
  /**
   * A move is due. `onProgress` may be called with earlier reports while the search goes on. An aborted signal ends it at
   * once, with what it has found: at least one simulation.
   */
  search(
    position: Position,
    budget: SearchBudget,
    options: SearchOptions,
    onProgress?: (report: SearchReport) => void,
    signal?: AbortSignal,
  ): Promise<SearchReport>;
}

/** A thinker that evaluates positions in batches. */
export interface BatchThinker extends Thinker {
  /** What `evaluate` says of each position; all have the same number of players. No game is over. */
  evaluateAll(positions: readonly Position[], seed: number): Promise<PolicyAndValues[]>;
}
