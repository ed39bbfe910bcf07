import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, writeWhole } from '../../files.js';
import { FolderLock } from '../../lock.js';
import type { Model } from '../../network/onnxModel.js';
import { parseSpec, printSpec } from '../../players/playerSpec.js';
import { loadModel, modelCopy } from '../../players/players.js';
import { shellWord } from '../../quoting.js';
import { CHECKPOINTS, LATEST_GAME, METRICS, REPLAY, RUN_CONFIG, START } from '../../runs/runs.js';
import { configOf } from '../config/config.js';
import { ConfigFile } from '../config/configFile.js';
import type { Config } from '../config/schema.js';
import { ReplayBuffer } from '../data/replayBuffer.js';
import { CheckpointManager } from './checkpoints.js';
import { LatestGame } from './latestGame.js';
import { MetricsLog } from './metricsLog.js';
import { RunStart } from './runStart.js';

/** A run that can't be made or opened. The message says why and what to do. */
export class RunError extends Error {
  override name = 'RunError';
}

/**
 * A run: its folder with the configuration, replay buffer, checkpoints and metrics. While it is open, it is locked for
 * other processes.
 */
export class Run {
  readonly config: Config;
  readonly replay: ReplayBuffer;
  readonly checkpoints: CheckpointManager;
  readonly metrics: MetricsLog;
  readonly latestGame: LatestGame;
  /** Identities of the folder and of the replay buffer when the run was opened. */
  private readonly identity: { folder: string | undefined; games: string | undefined };

  private constructor(
    readonly folder: string,
    private readonly lock: FolderLock,
    /** Start of the run, if this process began it; undefined if it only continues it. */
    private readonly start?: RunStart,
  ) {
    this.config = Run.readConfig(folder);
    this.replay = new ReplayBuffer(join(folder, REPLAY), this.config.players);
    this.identity = { folder: identityOf(folder), games: identityOf(this.replay.path) };
    this.checkpoints = new CheckpointManager(join(folder, CHECKPOINTS), this.config.checkpoints.keep, {
      every: this.config.checkpoints.every,
      mode: this.config.monitor.mode,
    });
    this.metrics = new MetricsLog(join(folder, METRICS));
    this.latestGame = new LatestGame(join(folder, LATEST_GAME), this.config.players, this.config.seed);
  }

  /**
   * Makes the folder of a new run. The run starts from the model file `from`, if one is given. Throws a RunError if the
   * folder already holds a run or can't be written. If it fails, the folder stays as it was before.
   */
  static create(folder: string, config: Config, from?: string): Run {
    const moving = config.evaluation.opponents.find((opponent) =>
      ['best', 'latest'].includes(parseSpec(opponent).kind),
    );
    if (moving !== undefined) {
      throw new RunError(
        `evaluation.opponents: ${moving} is another model after each iteration; name a model file, for example one from azul export`,
      );
    }
    refuseTaken(folder);
    const start = orRunError(folder, () => RunStart.in(folder));
    if (!start) throw inUse(folder);
    try {
      // Another process may have begun a run there meanwhile.
      refuseTaken(folder);
      orRunError(folder, () => {
        if (from !== undefined) writeWhole(join(folder, START), modelCopy(from));
        else rmSync(join(folder, START), { force: true });
        writeConfig(folder, config);
      });
      return new Run(folder, start.lock, start);
    } catch (error) {
      start.undo();
      throw error;
    }
  }

  /** Opens an existing run. Throws a RunError, a ConfigError or a ReplayBufferError that says why it can't. */
  static open(folder: string): Run {
    // First, because the lock would make a file in a folder that holds no run.
    Run.readConfig(folder);
    let lock: FolderLock | undefined;
    try {
      lock = FolderLock.take(folder);
    } catch (error) {
      throw new RunError(`cannot work in ${folder}: ${(error as Error).message}; permit writing there, or copy it`);
    }
    if (!lock) throw inUse(folder);
    try {
      return new Run(folder, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Reads the configuration of a run. */
  static readConfig(folder: string): Config {
    const path = join(folder, RUN_CONFIG);
    if (!existsSync(path))
      throw new RunError(`there is no run in ${folder}; azul train --run ${shellWord(folder)} starts one`);
    let file: ConfigFile;
    try {
      file = new ConfigFile(path);
    } catch (error) {
      throw new RunError(
        `${path} is not readable JSON (${(error as Error).message}); restore it, or start another run`,
      );
    }
    try {
      return configOf(file);
    } catch (error) {
      throw new RunError(
        `${(error as Error).message}; if another version of azul made this run, continue with that version, or start another run`,
      );
    }
  }

  /** Loads the model that the run started from; undefined if there was none. Throws a ModelError if it is damaged. */
  startingModel(): Model | undefined {
    const path = join(this.folder, START);
    return existsSync(path) ? loadModel(path, this.config.players) : undefined;
  }

  /**
   * Throws a RunError if the folder, its games or its history were moved or removed since the run was opened. Then
   * nothing may be written there. If the configuration was removed, writes it again and calls `onWarning`.
   */
  checkInPlace(onWarning: (message: string) => void): void {
    const { folder, replay, metrics, config } = this;
    if (identityOf(folder) !== this.identity.folder) {
      throw new RunError(
        `${folder} was moved or removed while the run trained; if it was moved, azul resume continues it in its new place, with all its games and from its last checkpoint`,
      );
    }
    const gone = [!this.hasItsGames && replay.path, !existsSync(metrics.path) && metrics.path].find(Boolean);
    if (gone) {
      throw new RunError(
        `${gone} was moved or removed while the run trained; if it was moved, put it back and azul resume ${shellWord(folder)} continues; if not, azul train --from ${shellWord(printSpec({ kind: 'latest', target: folder }))} starts another run from its weights`,
      );
    }
    if (existsSync(join(folder, RUN_CONFIG))) return;
    writeConfig(folder, config);
    onWarning(`${join(folder, RUN_CONFIG)} was removed while the run trained; it has been written again`);
  }

  /** Whether this process began the run and has stored no game yet. */
  get isUnplayed(): boolean {
    return this.start !== undefined && this.hasItsGames && this.replay.isEmpty;
  }

  private get hasItsGames(): boolean {
    return identityOf(this.replay.path) === this.identity.games;
  }

  /** Closes the buffer and unlocks the folder. */
  close(): void {
    this.replay.close();
    this.lock.release();
  }

  /** Closes a run that this process began, and removes what it made. */
  remove(): void {
    this.replay.close();
    this.start?.undo();
  }
}

/** Throws a RunError if a folder holds a run or the remains of one. */
function refuseTaken(folder: string): void {
  if (existsSync(join(folder, RUN_CONFIG))) {
    throw new RunError(`${folder} already holds a run; azul resume ${shellWord(folder)} continues it`);
  }
  const rest = [CHECKPOINTS, REPLAY, METRICS].find((name) => existsSync(join(folder, name)));
  if (!rest) return;
  throw new RunError(
    `${folder} holds the ${rest} of a run, but no ${RUN_CONFIG}; restore that file, or name another folder`,
  );
}

function writeConfig(folder: string, config: Config): void {
  writeWhole(join(folder, RUN_CONFIG), `${JSON.stringify(config, undefined, 2)}\n`);
}

function inUse(folder: string): RunError {
  return new RunError(`${folder} is in use by another process; stop that one first, or name another run`);
}

function orRunError<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new RunError(`cannot make the run folder ${folder}: ${(error as Error).message}; name another with --run`);
  }
}
