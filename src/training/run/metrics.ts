/** The metrics of an iteration, and of an epoch. */
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
export type Added = Exclude<keyof ValidationResult, 'loss' | 'policyAccuracy' | LossName>;
/** A result as a history has it. */
export type Recorded<Result> = Omit<Result, Added> & Partial<Pick<Result, Added & keyof Result>>;

/** What was measured of a network's learning, in an iteration of a run or an epoch of a fit. */
export interface LearningMetrics {
  /** The iteration or epoch, counted from 1. */
  iteration: number;
  /** Seconds of work so far, over all sessions. */
  elapsed: number;
  /** Training steps so far. */
  step: number;
  learningRate: number;
  /** Means over the training steps; null while the window is too small to train. */
  training: Recorded<TrainingResult> | null;
  /** Held-out games of the window, after those steps; null if there are none, or no steps. */
  validation: Recorded<ValidationResult> | null;
  /**
   * The same for as many positions that are trained on: same weights, same window, evenly spread too. Its difference from
   * `validation` is what the network knows by heart. Absent in histories of older versions.
   */
  seen?: Recorded<ValidationResult> | null;
}

/** What one iteration did. */
export interface IterationMetrics extends LearningMetrics {
  /** Its games, and at what rate this process played those that it did not find in the buffer. */
  selfPlay: GameStatistics & {
    /** Workers of a fleet that played them, if a fleet did. */
    workers?: number;
    seconds: number;
    gamesPerSecond: number;
    simulationsPerSecond: number;
  };
  /** Games and positions of the run so far, training positions in the window, and how often they were drawn. */
  totalGames: number;
  totalPositions: number;
  window: number;
  reuse: ReuseStatistics;
  evaluation: LadderResult | null;
  /** What listeners of the trainer have added, by names of their own. */
  custom: Record<string, number>;
}

/** What curves are drawn of: the metrics of an iteration, or of an epoch, which has those of learning alone. */
export type Measured = LearningMetrics & Partial<IterationMetrics>;

/** What one epoch of a fit did: a pass over a fixed set of games. */
export interface Epoch extends Omit<LearningMetrics, 'iteration'> {
  /** Counted from 1. */
  epoch: number;
  training: TrainingResult;
  validation: ValidationResult;
  seen: ValidationResult;
  /** Learning rate of the epoch's last step. */
  learningRate: number;
  /** Seconds of training and validation. */
  seconds: number;
  /** Whether its held-out loss is lower than the best before by more than `minDelta`. */
  isBest: boolean;
}
