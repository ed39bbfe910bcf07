/** Trains a network on games that were played before, without self-play. */
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

export interface FitOptions extends FitLimits {
  out: string;
  config?: string;
  set?: string[];
  /** A setting with several values, `field=a,b,c`: a network is trained with each. */
  compare?: string;
  /** Number of seeds with which each is trained. */
  seeds: number;
}

/** Trains on a run's games, or a replay buffer's, and writes the model of the best epoch, or of each that is compared. */
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
    configOf();
    await interruptible(async (signal) => {
      if (isComparison) return compare(replay, configOf, options, signal);
      const { best } = await fitModel(replay, configOf(), options, files, signal);
      console.log(ending(best, files, replay.players, signal.aborted));
    });
  } finally {
    replay.close();
  }
}

/** The configuration with what the options change, as far as it concerns training. */
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
