import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FolderLock } from '../../lock.js';
import {
  CHECKPOINTS,
  FLEET,
  LATEST_GAME,
  METRICS,
  MLFLOW,
  REPLAY,
  RUN_CONFIG,
  START,
  TENSORBOARD,
} from '../../runs/runs.js';

/** Names of what a run makes in its folder. */
const PARTS = [
  ...[RUN_CONFIG, START, CHECKPOINTS, METRICS, TENSORBOARD, MLFLOW, FLEET, LATEST_GAME],
  ...[REPLAY, `${REPLAY}-wal`, `${REPLAY}-shm`],
];

/**
 * The start of a run in a folder, which can be undone without a trace. The folder is made if it is missing, and locked
 * for other processes.
 */
export class RunStart {
  private constructor(
    private readonly folder: string,
    readonly lock: FolderLock,
    /** Names of what was in the folder before. */
    private readonly before: readonly string[],
    /** The topmost folder that was made; undefined if none was. */
    private readonly made: string | undefined,
  ) {}

  /** Makes and locks a folder; undefined if another process works there. */
  static in(folder: string): RunStart | undefined {
    const made = mkdirSync(folder, { recursive: true });
    let lock: FolderLock | undefined;
    try {
      lock = FolderLock.take(folder);
      return lock && new RunStart(folder, lock, readdirSync(folder), made);
    } catch (error) {
      lock?.release();
      removeFolders(folder, made);
      throw error;
    }
  }

  /** Removes what the run made and nothing else, and unlocks the folder. */
  undo(): void {
    for (const name of PARTS) {
      if (!this.before.includes(name)) rmSync(join(this.folder, name), { recursive: true, force: true });
    }
    this.lock.remove();
    removeFolders(this.folder, this.made);
  }
}

/** Removes a folder and those above it, up to `topmost`. A folder that is not empty stays, and so do those above it. */
function removeFolders(folder: string, topmost: string | undefined): void {
  if (topmost === undefined) return;
  const top = resolve(topmost);
  try {
    for (let path = resolve(folder); path.length >= top.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // This folder and those above it stay.
  }
}
