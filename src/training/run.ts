import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeWhole } from '../files.js';
import { shellWord } from '../quoting.js';
import { CheckpointManager } from './checkpoints.js';
import { type Config, validateConfig } from './config.js';
import { LatestGame } from './latestGame.js';
import { MetricsLog } from './metrics.js';
import type { Model } from './onnxModel.js';
import { parseSpec } from './playerSpec.js';
import { loadModel, modelCopy } from './players.js';
import { ReplayBuffer } from './replayBuffer.js';
import { CHECKPOINTS, LATEST_GAME, METRICS, REPLAY, RUN_CONFIG, START } from './runs.js';

/** A run that can't be made or opened; the message says why and what to do. */
export class RunError extends Error {
  override name = 'RunError';
}

/** A run: its folder with the configuration, replay buffer, checkpoints and metrics. Open, it is locked for others. */
export class Run {
  readonly checkpoints: CheckpointManager;
  readonly metrics: MetricsLog;
  readonly latestGame: LatestGame;

  private constructor(
    readonly folder: string,
    readonly config: Config,
    readonly replay: ReplayBuffer,
  ) {
    this.checkpoints = new CheckpointManager(join(folder, CHECKPOINTS), config.checkpoints.keep);
    this.metrics = new MetricsLog(join(folder, METRICS));
    this.latestGame = new LatestGame(join(folder, LATEST_GAME), config.players, config.seed);
  }

  /**
   * Makes the folder of a new run, which is to start from a model file if one is named; a RunError if the folder holds a
   * run already or can't be written.
   */
  static create(folder: string, config: Config, from?: string): Run {
    const path = join(folder, RUN_CONFIG);
    if (existsSync(path))
      throw new RunError(`${folder} already holds a run; azul resume ${shellWord(folder)} continues it`);
    const rest = [CHECKPOINTS, REPLAY].find((name) => existsSync(join(folder, name)));
    if (rest) {
      throw new RunError(
        `${folder} holds the ${rest} of a run, but no ${RUN_CONFIG}; restore that file, or name another folder`,
      );
    }
    const moving = config.evaluation.opponents.find((opponent) =>
      ['best', 'latest'].includes(parseSpec(opponent).kind),
    );
    if (moving !== undefined) {
      throw new RunError(
        `evaluation.opponents: who ${moving} is changes while runs go on; name a model file, such as azul export makes`,
      );
    }
    try {
      mkdirSync(folder, { recursive: true });
      if (from !== undefined) writeWhole(join(folder, START), modelCopy(from));
      else rmSync(join(folder, START), { force: true });
      writeWhole(path, `${JSON.stringify(config, undefined, 2)}\n`);
    } catch (error) {
      throw new RunError(`cannot make the run folder ${folder}: ${(error as Error).message}; name another with --run`);
    }
    return Run.open(folder);
  }

  /** Opens an existing run; a RunError, ConfigError or ReplayBufferError says why it can't. */
  static open(folder: string): Run {
    const config = Run.readConfig(folder);
    return new Run(folder, config, new ReplayBuffer(join(folder, REPLAY), config.players));
  }

  /** The configuration that a run was started with. */
  static readConfig(folder: string): Config {
    const path = join(folder, RUN_CONFIG);
    if (!existsSync(path))
      throw new RunError(`there is no run in ${folder}; azul train --run ${shellWord(folder)} starts one`);
    let value: unknown;
    try {
      value = readJson(path);
    } catch (error) {
      throw new RunError(
        `${path} is not readable JSON (${(error as Error).message}); restore it, or start another run`,
      );
    }
    try {
      return validateConfig(value, path);
    } catch (error) {
      throw new RunError(
        `${(error as Error).message}; if another version of azul made this run, go on with that one, or start another run`,
      );
    }
  }

  /** The model that the run started from, if it did; a ModelError if it is damaged. */
  startingModel(): Model | undefined {
    const path = join(this.folder, START);
    return existsSync(path) ? loadModel(path, this.config.players) : undefined;
  }

  /** Closes the buffer and frees the folder for others. */
  close(): void {
    this.replay.close();
  }
}
