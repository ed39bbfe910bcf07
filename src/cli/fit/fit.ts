/** Trains a network on existing games, without self-play. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { REPLAY, RUN_CONFIG } from '../../runs/runs.js';
import { override } from '../../training/config/changes.js';
import { changeConfig } from '../../training/config/config.js';
import { PRESETS } from '../../training/config/presets.js';
import type { Config } from '../../training/config/schema.js';
import { ReplayBuffer, ReplayBufferError } from '../../training/data/replayBuffer.js';
import { Run } from '../../training/run/run.js';
import { interruptible } from '../interruption.js';
import { checkModelName, checkModelOutput } from '../modelOutput.js';
import { parseSetting, readConfigFile } from '../train.js';
import { compare } from './compare.js';
import { FitFiles, type FitLimits } from './fitFiles.js';
import { ending, fitModel } from './fitModel.js';

/** Limits of a fit whose configuration sets none (`monitor`). */
const PATIENCE = 3;
const MIN_DELTA = 0.001;

export interface FitOptions extends Partial<FitLimits> {
  epochs: number;
  out: string;
  config?: string;
  set?: string[];
  /** A setting with several values, `field=a,b,c`. A network is trained with each value. */
  compare?: string;
  /** Number of seeds for each value. */
  seeds: number;
}

/** Trains on the games of a run or a replay buffer. Writes the model of the best epoch, for each fit that is compared. */
export async function fit(source: string, options: FitOptions): Promise<void> {
  const isComparison = options.compare !== undefined || options.seeds > 1;
  const files = new FitFiles(options.out);
  if (isComparison || files.isUnfinished) checkModelName(options.out);
  else checkModelOutput(options.out);
  const isRun = existsSync(join(source, RUN_CONFIG));
  const path = existsSync(source) && statSync(source).isDirectory() ? join(source, REPLAY) : source;
  if (!existsSync(path)) {
    throw new ReplayBufferError(`there is no replay buffer ${path}; name the folder of a run, or its replay.db`);
  }
  const replay = new ReplayBuffer(path);
  try {
    const base = isRun ? Run.readConfig(source) : { ...PRESETS.laptop, players: replay.players };
    const configOf = (...more: string[]) => fitConfig(base, replay, options, more);
    const { monitor } = configOf();
    const settled = {
      ...options,
      patience: options.patience ?? (monitor.patience || PATIENCE),
      minDelta: options.minDelta ?? (monitor.minDelta || MIN_DELTA),
    };
    await interruptible(async (signal) => {
      if (isComparison) return compare(replay, configOf, settled, signal);
      const { best } = await fitModel(replay, configOf(), settled, files, signal);
      console.log(ending(best, files, replay.players, signal.aborted));
    });
  } finally {
    replay.close();
  }
}

/** The configuration of a fit: `base`, changed by the options and by `more`. Throws if its number of players is wrong. */
function fitConfig(base: Config, replay: ReplayBuffer, options: FitOptions, more: string[]): Config {
  const file = options.config === undefined ? {} : readConfigFile(options.config);
  const changed = changeConfig(base, file, ...[...(options.set ?? []), ...more].map(parseSetting));
  if (changed.players !== replay.players) {
    throw new ReplayBufferError(
      `${replay.path} holds games of ${replay.players} players, not ${changed.players}; remove the setting players`,
    );
  }
  return override(changed, { training: { minPositions: 1 } });
}
