import type { Position } from '../game/notation.js';

/** A network's output for a position, without a search. */
export interface PolicyAndValues {
  /** Each player's expected result, -1 to 1. Player 0 comes first. */
  values: number[];
  /** All legal actions with probabilities that add up to 1, equal factories separately; empty if no move is due. */
  policy: { action: number; probability: number }[];
}

/** Max simulations of any search. Its tree then takes about 4 GB. */
export const MAX_SIMULATIONS = 4_000_000;

/** The length of a search: one of the two, or neither; then a signal ends it. */
export interface SearchBudget {
  /** At most MAX_SIMULATIONS. */
  sims?: number;
  /** Milliseconds. */
  movetime?: number;
}

export interface SearchOptions {
  /** Max lines, at least 1. */
  multipv: number;
  /** Seed of all chance in the search. With a budget of simulations equal seeds give equal reports, except for the time. */
  seed: number;
}

/** A move in a report. */
export interface Line {
  action: number;
  visits: number;
  /** Each player's expected result after the action. */
  values: number[];
  /** Each player's expected margin over the best other, in points. */
  margins: number[];
  /** The play that the search expects, the action first. */
  pv: number[];
}

export interface SearchReport {
  sims: number;
  timeMs: number;
  /** Each player's expected result in the searched position, -1 to 1. */
  values: number[];
  /** Each player's expected margin there, in points. */
  margins: number[];
  /** Best first, at least one. */
  lines: Line[];
}

/**
 * Analyses positions for the engine and for users. Positions must not be changed. Actions have the numbering of the given
 * position. Only one call at a time is allowed, except for `ready`.
 */
export interface Thinker {
  /** Resolves once models are loaded. The other calls need not wait for it. */
  ready(): Promise<void>;
  /** Evaluates a position of an unfinished game. A deal may be due. */
  evaluate(position: Position, seed: number): Promise<PolicyAndValues>;
  /**
   * Searches a position in which a move is due. `onProgress` gets reports during the search. An aborted signal ends it after at
   * least one simulation.
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
