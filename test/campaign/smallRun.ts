/** The run that campaigns disturb, and the expected remains at its end. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Database } from '../../src/database.js';
import { sha256 } from '../../src/files.js';
import type { Random } from '../../src/game/random.js';
import { MetricsLog } from '../../src/training/run/metricsLog.js';
import { Run } from '../../src/training/run/run.js';
import { azul, type Running, startAzul } from '../cli/processes.js';
import { expectOrderly } from './campaign.js';

/** The longest wait before a disturbance, in ms. */
const PATIENCE = 1000;
export const ITERATIONS = 12;
const SETTINGS = {
  seed: 3,
  iterations: ITERATIONS,
  'selfPlay.gamesPerIteration': 24,
  'selfPlay.workers': 2,
  'selfPlay.parallelGames': 4,
  'training.batchSize': 32,
  'training.minPositions': 200,
  'checkpoints.every': 2,
  'evaluation.every': 3,
  'evaluation.pairs': 2,
  'evaluation.simulations': 2,
};

/** The arguments that start the run in a folder. */
export function startingIn(folder: string): string[] {
  const settings = Object.entries(SETTINGS).flatMap(([field, value]) => ['--set', `${field}=${value}`]);
  return ['train', '--preset', 'tiny', '--run', folder, ...settings];
}

/** Starts the run, or resumes it if the folder holds it already. */
export function startOrResume(folder: string): Running {
  return startAzul(isRun(folder) ? ['resume', folder] : startingIn(folder));
}

function isRun(folder: string): boolean {
  try {
    Run.readConfig(folder);
    return true;
  } catch {
    return false;
  }
}

/** A digest of a finished run without times: its last weights, and every game with its positions. */
export function digestOf(folder: string): string {
  const db = new Database(join(folder, 'replay.db'), { readonly: true });
  try {
    const games = db.prepare('SELECT number, iteration, plies, scores, simulations, positions FROM games').all();
    const records = db.prepare('SELECT id, hex(record) AS record FROM positions ORDER BY id').all();
    const weights = readFileSync(join(folder, 'checkpoints', String(ITERATIONS).padStart(6, '0'), 'training.bin'));
    return sha256(JSON.stringify({ games, records, weights: sha256(weights) }));
  } finally {
    db.close();
  }
}

let expected: Promise<string> | undefined;

/** The digest of the undisturbed run. */
export function undisturbed(): Promise<string> {
  expected ??= inFolder(async (folder) => {
    const run = join(folder, 'run');
    const { status, stderr } = await azul(startingIn(run));
    expect(status, stderr).toBe(0);
    return digestOf(run);
  });
  return expected;
}

/** Finishes a disturbed run, and checks that it ends bit for bit like the undisturbed one. */
export async function expectSameEnd(folder: string): Promise<void> {
  const { status, stdout, stderr } = await startOrResume(folder).ended;
  expect(status, stdout + stderr).toBe(0);
  expectOrderly(stderr);
  expect(digestOf(folder)).toBe(await undisturbed());
  const iterations = new MetricsLog(join(folder, 'metrics.jsonl')).read().map(({ iteration }) => iteration);
  expect(iterations).toEqual(Array.from({ length: ITERATIONS }, (_, i) => i + 1));
}

/** Waits until a random moment: sometimes while the program starts, mostly while it works. Ends early with the program. */
export async function someMoment({ child, ended }: Running, random: Random): Promise<void> {
  const working = random.float() < 0.3 ? sleep(0) : once(child.stdout!, 'data');
  await Promise.race([working.then(() => sleep(PATIENCE * random.float())), ended]);
}

/** Works in a temporary folder, which is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'azul-campaign-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
