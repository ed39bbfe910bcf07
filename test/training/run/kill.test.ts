import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Database } from '../../../src/database.js';
import { Random } from '../../../src/game/random.js';
import { packageRoot } from '../../../src/paths.js';
import { MetricsLog } from '../../../src/training/run/metricsLog.js';
import { Run } from '../../../src/training/run/run.js';
import { temporaryFolder } from '../helpers.js';

const MAIN = fileURLToPath(new URL('dist/src/cli/main.js', packageRoot));
const GAMES = 30;
const ITERATIONS = 4;
const SETTINGS = [
  'seed=3',
  `iterations=${ITERATIONS}`,
  `selfPlay.gamesPerIteration=${GAMES}`,
  'selfPlay.workers=2',
  'selfPlay.parallelGames=4',
  'training.batchSize=32',
  'evaluation.every=2',
  'checkpoints.every=1',
  'evaluation.pairs=3',
  'evaluation.simulations=2',
];

/** Starts the command line as a user does. */
function azul(...args: string[]) {
  const child = spawn(MAIN, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, ended, output: () => output };
}

/** The numbers of the games in the database, written by any process. */
function storedGames(folder: string): Set<number> {
  const path = join(folder, 'replay.db');
  if (!existsSync(path)) return new Set();
  const db = new Database(path);
  try {
    const tables = db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'games'").pluck().get();
    return new Set(tables === 0 ? [] : (db.prepare('SELECT number FROM games').pluck().all() as number[]));
  } finally {
    db.close();
  }
}

function history(folder: string): number[] {
  return new MetricsLog(join(folder, 'metrics.jsonl')).read().map(({ iteration }) => iteration);
}

/** A run of the command line that is killed n times at random moments, and until it has stored at least one game. */
async function killedRun(seed: number, kills: number) {
  const folder = join(temporaryFolder(), 'run');
  const random = new Random(seed);
  let known = new Set<number>();
  let progress = 0;
  let patience = 800;
  for (let n = 0; n < kills || progress === 0; n++) {
    const started = existsSync(join(folder, 'config.json'));
    const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
    const { child, ended } = azul(
      ...(started ? ['resume', folder] : ['train', '--preset', 'tiny', '--run', folder, ...settings]),
    );
    // The kill sometimes comes during the start, and mostly a while after the run has reported that it trains.
    const begun = n === 0 ? sleep(100) : once(child.stdout, 'data');
    await Promise.race([begun.then(() => sleep(patience * random.float())), ended]);
    child.kill('SIGKILL');
    await ended;
    if (!existsSync(join(folder, 'config.json'))) continue;

    const now = storedGames(folder);
    for (const game of known) expect(now).toContain(game);
    // A process may need longer on a busy machine to make progress.
    if (now.size === known.size) patience *= 2;
    known = now;
    const iterations = history(folder);
    expect(iterations).toEqual(Array.from({ length: iterations.length }, (_, i) => i + 1));
    progress = Math.max(progress, now.size);
  }
  return { folder, known, progress };
}

test('kill -9 at any moment loses no stored game, and the history has neither gap nor double entry', async () => {
  const { folder, known, progress } = await killedRun(1, 5);
  expect(progress).toBeGreaterThan(0);
  const { ended, output } = azul('resume', folder);
  const [code] = await ended;
  expect(code, output()).toBe(0);
  expect(output()).toMatch(/Done/);
  expect(output()).not.toMatch(/damaged|Error/);

  const all = storedGames(folder);
  for (const game of known) expect(all).toContain(game);
  expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: ITERATIONS * GAMES }, (_, i) => i));
  expect(history(folder)).toEqual([1, 2, 3, 4]);
  const run = Run.open(folder);
  expect(run.replay.check()).toEqual([]);
  expect(run.checkpoints.load(ITERATIONS).iteration).toBe(ITERATIONS);
  expect(run.metrics.read().at(-1)!.totalGames).toBe(ITERATIONS * GAMES);
  run.close();
});
