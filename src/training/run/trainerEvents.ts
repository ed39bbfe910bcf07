import type { EvaluationResult } from '../../players/matches.js';
import type { StepResult } from '../step/azulTask.js';
import type { IterationMetrics } from './metrics.js';

/** Events of a trainer, with the values that listeners get. */
export interface TrainerEvents {
  /** A damaged checkpoint was passed over, or similar. */
  warning: [message: string];
  /** Training goes on after n iterations. */
  start: [iteration: number];
  /** An iteration has begun: its games, and those of them that were played before an interruption. */
  selfPlay: [iteration: number, games: number, done: number];
  /** Games of this iteration that are in the buffer, and simulations that this process took for them. */
  games: [done: number, simulations: number];
  /** The iteration's training steps begin. */
  training: [steps: number];
  step: [done: number, result: StepResult];
  /** A match of the evaluation begins, and its maximum number of games. */
  evaluation: [opponent: string, games: number];
  evaluationGame: [done: number];
  evaluated: [result: EvaluationResult];
  checkpoint: [iteration: number, path: string];
  /** A new best checkpoint, with its Elo on the ladder, or its monitor.metric where that decides. */
  best: [iteration: number, score: number];
  /** Plateau has lowered the learning rate. */
  rate: [learningRate: number];
  /** The run ends early: monitor.metric has not improved since the best iteration. */
  early: [bestIteration: number, best: number];
  /** An iteration is done and about to be saved; what listeners add to `metrics.custom` is saved with it. */
  iteration: [metrics: IterationMetrics];
  /** Training is over; it failed if `train` throws. */
  end: [how: 'finished' | 'stopped' | 'failed'];
}
