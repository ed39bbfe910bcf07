/** The files that `azul fit` writes beside its model: last weights, history, report, and checkpoints until it is done. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { readJson, writeWhole } from '../../files.js';
import { FolderLock } from '../../lock.js';
import type { Config } from '../../training/config/schema.js';
import { CheckpointManager } from '../../training/run/checkpoints.js';
import type { Epoch, Measured } from '../../training/run/metrics.js';
import type { EarlyStoppingSettings } from '../../training/step/earlyStopping.js';
import { UsageError } from '../../usageError.js';

/** The maximum number of epochs, and the settings of early stopping. */
export interface FitLimits extends EarlyStoppingSettings {
  epochs: number;
}

/** The content of a fit's history file. The lists have one number per epoch; a metric is the policy's accuracy. */
export interface FitHistory {
  config: Config;
  /** The maximum number of epochs, and the settings of early stopping. */
  limits: FitLimits;
  trainLoss: number[];
  trainMetric: number[];
  validationLoss: number[];
  validationMetric: number[];
  learningRates: number[];
  gradientNorms: number[];
  epochSeconds: number[];
  /** All measurements. */
  epochs: readonly Epoch[];
}

/** Suffix of a history file's name. */
export const HISTORY = '.history.json';

const schema = z.looseObject({
  config: z.looseObject({ players: z.number() }),
  epochs: z.array(z.looseObject({ epoch: z.number(), training: z.looseObject({}), validation: z.looseObject({}) })),
});

/** The files of one fit. */
export class FitFiles {
  readonly last: string;
  readonly history: string;
  readonly page: string;
  /** A folder with the newest checkpoint and the best one. It exists only until the fit is done. */
  readonly checkpoints: string;

  constructor(readonly model: string) {
    const stem = model.replace(/\.onnx$/, '');
    this.last = `${stem}.last.onnx`;
    this.history = `${stem}${HISTORY}`;
    this.page = `${stem}.html`;
    this.checkpoints = `${stem}.checkpoints`;
  }

  /** Whether a fit was interrupted and can be resumed. */
  get isUnfinished(): boolean {
    return existsSync(this.checkpoints);
  }

  /** Whether a fit has ended and its files exist. */
  get isDone(): boolean {
    return !this.isUnfinished && existsSync(this.model) && existsSync(this.history);
  }

  writeHistory(config: Config, { epochs: max, patience, minDelta }: FitLimits, epochs: readonly Epoch[]): void {
    const each = (of: (epoch: Epoch) => number) => epochs.map(of);
    const history: FitHistory = {
      config,
      limits: { epochs: max, patience, minDelta },
      trainLoss: each(({ training }) => training.loss),
      trainMetric: each(({ training }) => training.policyAccuracy),
      validationLoss: each(({ validation }) => validation.loss),
      validationMetric: each(({ validation }) => validation.policyAccuracy),
      learningRates: each(({ learningRate }) => learningRate),
      gradientNorms: each(({ training }) => training.gradientNorm),
      epochSeconds: each(({ seconds }) => seconds),
      epochs,
    };
    writeWhole(this.history, `${JSON.stringify(history, undefined, 1)}\n`);
  }

  /**
   * Locks the folder of checkpoints, and does work that saves them. If the work returns true, the checkpoints are removed.
   * Throws a UsageError if another process has the lock.
   */
  async saving(work: (checkpoints: CheckpointManager) => Promise<boolean>): Promise<void> {
    mkdirSync(this.checkpoints, { recursive: true });
    const lock = FolderLock.take(this.checkpoints);
    if (!lock) {
      throw new UsageError(`${this.model} is being fitted by another process; name another file with --out`);
    }
    const checkpoints = new CheckpointManager(this.checkpoints, 1);
    let isDone = false;
    try {
      isDone = await work(checkpoints);
    } finally {
      isDone ||= checkpoints.iterations().length === 0;
      if (isDone) lock.remove();
      else lock.release();
      if (isDone) rmSync(this.checkpoints, { recursive: true, force: true });
    }
  }
}

/** Reads the history of a fit. Throws a UsageError if the file can't be read or is not a history. */
export function readFitHistory(path: string): FitHistory {
  let value: unknown;
  try {
    value = readJson(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}; name the ${HISTORY} file of azul fit`);
  }
  if (schema.safeParse(value).success) return value as FitHistory;
  throw new UsageError(`${path} is not the history of a fit; name the ${HISTORY} file of azul fit, or a run's folder`);
}

/** Returns a fit's epochs in the form that charts are drawn from. */
export function measuredOf({ epochs }: FitHistory): Measured[] {
  return epochs.map(({ epoch, isBest: _, seconds: __, ...measured }) => ({ iteration: epoch, ...measured }));
}
