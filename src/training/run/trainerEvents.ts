import type { EvaluationResult } from '../../players/matches.js';
import type { StepResult } from '../step/azulTask.js';
import type { IterationMetrics } from './metrics.js';

/** Events of a trainer, with the values that listeners get. */
export interface TrainerEvents {
  /** A problem that does not end the run, such as a damaged checkpoint that was skipped. */
  warning: [message: string];
  /** Training starts or continues, after `iteration` finished iterations. */
  start: [iteration: number];
  /** An iteration has begun, with its number of games; `done` of them are in the buffer already. */
  selfPlay: [iteration: number, games: number, done: number];
  /** Games of this iteration in the buffer, and simulations of those that this process played. */
  games: [done: number, simulations: number];
  /** The iteration's training steps begin. */
  training: [steps: number];
  step: [done: number, result: StepResult];
  /** A match of the evaluation begins, with at most `games` games. */
  evaluation: [opponent: string, games: number];
  evaluationGame: [done: number];
  evaluated: [result: EvaluationResult];
  checkpoint: [iteration: number, path: string];
  /** A new best checkpoint, with its Elo on the ladder, or with its monitor.metric if monitor.keepBest is set. */
  best: [iteration: number, score: number];
  /** The schedule plateau has lowered the learning rate. */
  rate: [learningRate: number];
  /** The run ends early: monitor.metric has not improved since the best iteration. */
  early: [bestIteration: number, best: number];
  /** An iteration is done and about to be saved. Numbers that listeners add to `metrics.custom` are saved with it. */
  iteration: [metrics: IterationMetrics];
  /** Training is over. If it failed, `train` throws the error. */
  end: [how: 'finished' | 'stopped' | 'failed'];
}
