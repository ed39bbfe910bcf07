import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where runs are made and looked for, below the working directory. */
export const RUNS = 'runs';
/** The file that makes a folder a run. */
export const RUN_CONFIG = 'config.json';
/** Its history, a line of JSON for each iteration. */
export const METRICS = 'metrics.jsonl';
/** A game that self-play finished a moment ago. */
export const LATEST_GAME = 'latest-game.json';

/** The run below runs/ whose folder changed last, if there is one. */
export function newestRun(): string | undefined {
  if (!existsSync(RUNS)) return undefined;
  const age = (folder: string) => statSync(folder).mtimeMs;
  return readdirSync(RUNS)
    .map((name) => join(RUNS, name))
    .filter((folder) => existsSync(join(folder, RUN_CONFIG)))
    .sort((a, b) => age(b) - age(a))[0];
}
