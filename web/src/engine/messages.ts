/** Messages between the page and its worker. */
import type { PolicyAndValues, SearchBudget, SearchOptions, SearchReport } from '../../../src/arena/thinker.js';

/** A position in a message. The rules follow from the number of players. */
export interface SentPosition {
  players: number;
  state: Int32Array;
}

export type Request =
  /** The first message: the address of the models' folder. */
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
  /** For the person: says why the model does not run at full speed, or at all; '' once it does. */
  | { kind: 'notice'; players: number; message: string };
