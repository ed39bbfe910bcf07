/** Runs that are killed, or stopped by a signal, at any moment end with the same bits as an undisturbed run. */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Random } from '../../src/game/random.js';
import { type Counts, campaign, expectOrderly, pick } from './campaign.js';
import { expectSameEnd, inFolder, someMoment, startOrResume } from './smallRun.js';

const SIGNALS = ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The possible ends of the process: the signal itself, or the status by which a shell knows it. */
const STATUSES = { SIGKILL: ['SIGKILL'], SIGINT: [130, 'SIGINT'], SIGTERM: [143, 'SIGTERM'], SIGHUP: [129, 'SIGHUP'] };
/** The signals of one run. */
const PER_RUN = 6;

async function round(random: Random): Promise<Counts> {
  const counts: Counts = {};
  await inFolder(async (folder) => {
    const run = join(folder, 'run');
    for (let n = 0; n < PER_RUN; n++) {
      const signal = pick(random, SIGNALS);
      const running = startOrResume(run);
      await someMoment(running, random);
      running.child.kill(signal);
      const { status, stderr } = await running.ended;
      expect([0, ...STATUSES[signal]], stderr).toContain(status);
      expectOrderly(stderr);
      if (status !== 0) counts[signal] = (counts[signal] ?? 0) + 1;
    }
    await expectSameEnd(run);
  });
  return counts;
}

campaign('signals', round);
