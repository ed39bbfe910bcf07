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
/** A game that self-play finished a moment ago. */
export const LATEST_GAME = 'latest-game.json';

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
