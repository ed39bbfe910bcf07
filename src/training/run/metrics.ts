/** Metrics of an iteration, and of an epoch. */
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
  /**
   * Rating of the iteration by all games on the run's ladder so far. The first opponent of the configuration is at 0.
   */
  elo: Estimate;
  /** Results against the fixed opponents, and against earlier checkpoints of the run. */
  results: EvaluationResult[];
  earlier: EvaluationResult[];
  /** The best iteration from here on. With a gate, 0 is the untrained network. */
  best: number;
  /** Result of the gate's test, if there is a gate. With the verdict `elo1` the new weights pass. */
  gate?: SprtState;
}

/** Measures that are missing in a history of an older version. */
export type Added = Exclude<keyof ValidationResult, 'loss' | 'policyAccuracy' | LossName>;
/** A result as a history holds it. Measures that older versions lack are optional. */
export type Recorded<Result> = Omit<Result, Added> & Partial<Pick<Result, Added & keyof Result>>;

/** Measures of a network's learning, in an iteration of a run or an epoch of a fit. */
export interface LearningMetrics {
  /** The iteration or epoch, counted from 1. */
  iteration: number;
  /** Working time so far in seconds, over all starts of the run. */
  elapsed: number;
  /** Number of training steps so far. */
  step: number;
  learningRate: number;
  /** Means over the training steps; null while the window is too small to train. */
  training: Recorded<TrainingResult> | null;
  /** Results on held-out games of the window, after those steps; null if there are no held-out games or no steps. */
  validation: Recorded<ValidationResult> | null;
  /**
   * Results on an equal number of training positions, with the same weights and window, also spread evenly. The
   * difference from `validation` shows overfitting. Absent in histories of older versions.
   */
  seen?: Recorded<ValidationResult> | null;
}

/** Metrics of one iteration. */
export interface IterationMetrics extends LearningMetrics {
  /** Statistics of its games, and the speed at which this process played those that were not in the buffer yet. */
  selfPlay: GameStatistics & {
    /** Number of a fleet's machines that played the games, if a fleet did. */
    workers?: number;
    seconds: number;
    gamesPerSecond: number;
    simulationsPerSecond: number;
  };
  /** Games and positions of the run so far, training positions in the window, and how often positions were drawn. */
  totalGames: number;
  totalPositions: number;
  window: number;
  reuse: ReuseStatistics;
  evaluation: LadderResult | null;
  /** Numbers that listeners of the trainer have added, under their own names. */
  custom: Record<string, number>;
}

/**
 * Metrics that curves can show: those of an iteration, or those of an epoch, which has only the measures of learning.
 */
export type Measured = LearningMetrics & Partial<IterationMetrics>;

/** Metrics of one epoch of a fit. An epoch is one pass over a fixed set of games. */
export interface Epoch extends Omit<LearningMetrics, 'iteration'> {
  /** Number of the epoch, from 1. */
  epoch: number;
  training: TrainingResult;
  validation: ValidationResult;
  seen: ValidationResult;
  /** Learning rate of the epoch's last step. */
  learningRate: number;
  /** Seconds of training and validation. */
  seconds: number;
  /** Whether the held-out loss is lower than the best one before by more than `minDelta`. */
  isBest: boolean;
}
