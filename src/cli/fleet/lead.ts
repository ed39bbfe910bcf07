/** A run, or matches, on a fleet. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { readJson, writeWhole } from '../../files.js';
import type { FleetAddress } from '../../fleet/connect.js';
import { FleetExecutor } from '../../fleet/learner.js';
import { freshName, NAME } from '../../fleet/names.js';
import { FleetWorkerProcess } from '../../fleet/worker.js';
import { FLEET } from '../../runs/runs.js';
import { type Run, RunError } from '../../training/run/run.js';
import type { Executor } from '../../training/selfplay/executor.js';
import { warn } from '../terminal/colours.js';

/** Plays a run's games on a fleet, and on the configured threads of this machine as one worker of it. */
export async function leadRun({ folder, config }: Run, address: FleetAddress): Promise<FleetExecutor> {
  const job = jobOf(folder);
  const owner = `${hostname()}:${resolve(folder)}`;
  return lead(address, { job, owner, audit: config.fleet.audit }, config.selfPlay.workers);
}

/** Plays matches on a fleet alone. */
export function leadMatches(address: FleetAddress): Promise<Executor> {
  const job = freshName('evaluate');
  return lead(address, { job, owner: `${hostname()}:${process.pid}`, audit: 0 }, 0);
}

async function lead(
  address: FleetAddress,
  options: { job: string; owner: string; audit: number },
  threads: number,
): Promise<FleetExecutor> {
  const executor = await FleetExecutor.open({ address, ...options, onWarning: warn });
  if (threads === 0) return executor;
  const stop = new AbortController();
  const own = { address, name: freshName(`${hostname()}-learner`), threads };
  const playing = FleetWorkerProcess.run(own, stop.signal).catch((error) => executor.fail(error));
  executor.beforeClose(async () => {
    stop.abort();
    await playing;
  });
  return executor;
}

/** The name of a run on its fleet, kept in its folder. */
function jobOf(folder: string): string {
  const path = join(folder, FLEET);
  if (existsSync(path)) {
    try {
      const { job } = readJson(path) as { job: string };
      if (NAME.test(job)) return job;
    } catch {
      // Said below.
    }
    throw new RunError(`${path} names no run of a fleet; restore it, or remove it`);
  }
  const job = freshName(basename(resolve(folder)));
  writeWhole(path, `${JSON.stringify({ job })}\n`);
  return job;
}
