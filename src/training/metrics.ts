import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '../files.js';
import type { Evaluation } from './ladder.js';
import type { GameStatistics } from './replayBuffer.js';
import type { ReuseStatistics } from './replayWindow.js';
import { TENSORBOARD } from './runs.js';
import { TensorBoardLog } from './tensorboard.js';
import type { StepResult } from './trainingStep.js';
import type { ValidationResult } from './validation.js';

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
  training: (StepResult & { steps: number; seconds: number }) | null;
  /** Of held-out games of the window, after those steps; null if there are none, or no steps. */
  validation: ValidationResult | null;
  evaluation: Evaluation | null;
  /** What listeners of the trainer have added, by names of their own. */
  custom: Record<string, number>;
}

/** The history of a run, a line of JSON for each iteration; in a folder beside it the same for TensorBoard. */
export class MetricsLog {
  private readonly tensorboard: TensorBoardLog;

  constructor(readonly path: string) {
    this.tensorboard = new TensorBoardLog(join(dirname(path), TENSORBOARD));
  }

  /** All lines that are whole. */
  read(): IterationMetrics[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8').split('\n');
    return lines.slice(0, -1).flatMap(parsed);
  }

  /** Adds an iteration; on the disk when it returns. */
  append(metrics: IterationMetrics): void {
    guarded(this.path, () => {
      const file = openSync(this.path, 'a');
      try {
        writeFileSync(file, `${JSON.stringify(metrics)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
    guarded(this.tensorboard.folder, () => {
      if (this.tensorboard.started) this.tensorboard.append(metrics);
      else this.tensorboard.restart(this.read());
    });
  }

  /** Forgets what came after an iteration, and a last line that was cut short. */
  rewindTo(iteration: number): void {
    const kept = this.read().filter((metrics) => metrics.iteration <= iteration);
    guarded(this.path, () => writeWhole(this.path, kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join('')));
    guarded(this.tensorboard.folder, () => this.tensorboard.restart(kept));
  }
}

/** Writes, and says in words what is in the way. */
function guarded(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const what = (error as Error).message;
    throw new Error(`cannot write to ${path}: ${what}; make room or permit writing, then resume`);
  }
}

/** The metrics of a line; none if a crash or an editor left something else there. */
export function parsed(line: string): IterationMetrics[] {
  try {
    return [JSON.parse(line) as IterationMetrics];
  } catch {
    return [];
  }
}
