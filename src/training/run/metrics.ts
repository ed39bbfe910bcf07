/** The metrics of an iteration. */
import type { SprtState } from '../../arena/sprt.js';
import type { Estimate } from '../../arena/statistics.js';
import type { EvaluationResult } from '../../players/matches.js';
import type { GameStatistics } from '../data/replayBuffer.js';
import type { ReuseStatistics } from '../data/replayWindow.js';
import type { TrainingResult } from '../step/azulTask.js';
import type { LossName } from '../step/heads.js';
import type { ValidationResult } from '../step/validation.js';

/** Result of an evaluation on the run's ladder. */
export interface LadderResult {
  /** The iteration's rating by all games of the run's ladder so far; the first opponent of the configuration is at 0. */
  elo: Estimate;
  /** Against the fixed opponents, and against earlier checkpoints of the run. */
  results: EvaluationResult[];
  earlier: EvaluationResult[];
  /** The iteration that is the best from here on; 0: the untrained network, where there is a gate. */
  best: number;
  /** The gate's test, if there is a gate: `elo1` lets the new weights through. */
  gate?: SprtState;
}

/** Measures that a history of an older version lacks. */
type Added = Exclude<keyof ValidationResult, 'loss' | 'policyAccuracy' | LossName>;
/** A result as a history has it. */
type Recorded<Result> = Omit<Result, Added> & Partial<Pick<Result, Added & keyof Result>>;

/** What one iteration did. */
export interface IterationMetrics {
  iteration: number;
  /** Seconds that the run has worked, over all its sessions. */
  elapsed: number;
  /** Its games, and at what rate this process played those that it did not find in the buffer. */
  selfPlay: GameStatistics & { seconds: number; gamesPerSecond: number; simulationsPerSecond: number };
  /** Games and positions of the run so far, training positions in the window, and how often they were drawn. */
  totalGames: number;
  totalPositions: number;
  window: number;
  reuse: ReuseStatistics;
  /** Training steps so far. */
  step: number;
  learningRate: number;
  /** Means over the iteration's steps; null while the window is too small to train. */
  training: Recorded<TrainingResult> | null;
  /** Of held-out games of the window, after those steps; null if there are none, or no steps. */
  validation: Recorded<ValidationResult> | null;
  evaluation: LadderResult | null;
  /** What listeners of the trainer have added, by names of their own. */
  custom: Record<string, number>;
}
