/** What the page and its worker say to each other. */
import type { PolicyAndValues, SearchBudget, SearchOptions, SearchReport } from '../../../src/arena/thinker.js';

/** A position on its way: the rules follow from the number of players. */
export interface SentPosition {
  players: number;
  state: Int32Array;
}

export type Request =
  /** Comes first: where the models lie. */
  | { kind: 'models'; folder: string }
  | { kind: 'search'; id: number; position: SentPosition; budget: SearchBudget; options: SearchOptions }
  | { kind: 'evaluate'; id: number; position: SentPosition; seed: number }
  | { kind: 'cancel'; id: number };

export type Answer =
  | { kind: 'progress'; id: number; report: SearchReport }
  | { kind: 'report'; id: number; report: SearchReport }
  | { kind: 'evaluation'; id: number; evaluation: PolicyAndValues }
  | { kind: 'cancelled'; id: number }
  | { kind: 'failed'; id: number; message: string }
  /** How positions are judged where not by the model at full speed, for a person to know; '' where they are. */
  | { kind: 'notice'; players: number; message: string };
