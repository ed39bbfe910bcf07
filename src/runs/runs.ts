import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where runs are made and looked for, below the working directory. */
export const RUNS = 'runs';
/** The file that makes a folder a run. */
export const RUN_CONFIG = 'config.json';
/** The model that it started from, if it did. */
export const START = 'start.onnx';
/** Its checkpoints (checkpoints.ts), a folder, and its games (replayBuffer.ts). */
export const CHECKPOINTS = 'checkpoints';
export const REPLAY = 'replay.db';
/** Its history, a line of JSON for each iteration. */
export const METRICS = 'metrics.jsonl';
/** The same for TensorBoard, a folder. */
export const TENSORBOARD = 'tensorboard';
/** Where it is written in MLflow, if it is. */
export const MLFLOW = 'mlflow.json';
/** Its name on a fleet, if it was on one. */
export const FLEET = 'fleet.json';
/** A game that self-play finished a moment ago. */
export const LATEST_GAME = 'latest-game.json';

/** Whether a process works on a run: `silent` if one that does has written no game for long, or was killed. */
export type Session = 'open' | 'silent' | 'closed';

/** Milliseconds after which a process that writes no game is silent; evaluations alone take that long. */
const SILENCE = 10 * 60_000;

/**
 * What the files of a run say about the process that works on it. SQLite keeps a write-ahead log beside its database as
 * long as that is open for writing. A process that only reads the games may leave an empty one, with an index of it.
 */
export function sessionOf(folder: string): Session {
  const file = (suffix: string) => statSync(join(folder, `${REPLAY}${suffix}`), { throwIfNoEntry: false });
  const log = file('-wal');
  // A run that is just being made has no database yet, nor has a copy of its history alone.
  if (!log) return file('') ? 'closed' : 'open';
  if (log.size === 0 && file('-shm')) return 'closed';
  return Date.now() - log.mtimeMs > SILENCE ? 'silent' : 'open';
}

/** The run below runs/ that was trained last, of those that have what is asked for; undefined if none does. */
export function newestRun(has: (folder: string) => boolean = () => true): string | undefined {
  if (!existsSync(RUNS)) return undefined;
  const age = (folder: string) => {
    const history = statSync(join(folder, METRICS), { throwIfNoEntry: false });
    return (history ?? statSync(join(folder, RUN_CONFIG))).mtimeMs;
  };
  return readdirSync(RUNS)
    .map((name) => join(RUNS, name))
    .filter((folder) => existsSync(join(folder, RUN_CONFIG)))
    .sort((a, b) => age(b) - age(a))
    .find(has);
}
