import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of all runs, in the working directory. */
export const RUNS = 'runs';
/** The file that makes a folder a run. */
export const RUN_CONFIG = 'config.json';
/** The model that the run started from, if any. */
export const START = 'start.onnx';
/** The folder of its checkpoints (checkpoints.ts), and the file of its games (replayBuffer.ts). */
export const CHECKPOINTS = 'checkpoints';
export const REPLAY = 'replay.db';
/** Its history, a line of JSON for each iteration. */
export const METRICS = 'metrics.jsonl';
/** The folder of its history for TensorBoard. */
export const TENSORBOARD = 'tensorboard';
/** Its place in an MLflow file store, if any. */
export const MLFLOW = 'mlflow.json';
/** Its name on a fleet, if it was on one. */
export const FLEET = 'fleet.json';
/** A game that self-play has just finished. */
export const LATEST_GAME = 'latest-game.json';

/** Whether a process works on a run. `silent`: it has written no game for ten minutes, or was killed. */
export type Session = 'open' | 'silent' | 'closed';

/** Milliseconds without a game after which a process is silent. Evaluations can take this long. */
const SILENCE = 10 * 60_000;

/**
 * Finds whether a process works on a run, from the run's files. SQLite keeps a write-ahead log beside a database that is open
 * for writing. A process that only reads may leave an empty log and its index.
 */
export function sessionOf(folder: string): Session {
  const file = (suffix: string) => statSync(join(folder, `${REPLAY}${suffix}`), { throwIfNoEntry: false });
  const log = file('-wal');
  // A run that is just starting has no database yet; a copy of a history alone has none either.
  if (!log) return file('') ? 'closed' : 'open';
  if (log.size === 0 && file('-shm')) return 'closed';
  return Date.now() - log.mtimeMs > SILENCE ? 'silent' : 'open';
}

/** The run in runs/ that was trained last, among those for which `has` is true; undefined if there is none. */
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
