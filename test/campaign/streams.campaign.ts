/** A run whose output has lost its reader loses none of its work. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Random } from '../../src/game/random.js';
import { type Counts, campaign, pick } from './campaign.js';
import { expectSameEnd, inFolder, someMoment, startOrResume } from './smallRun.js';

const STREAMS = [['stdout'], ['stderr'], ['stdout', 'stderr']] as const;
const PER_RUN = 4;

async function round(random: Random): Promise<Counts> {
  const counts: Counts = {};
  await inFolder(async (folder) => {
    const run = join(folder, 'run');
    for (let n = 0; n < PER_RUN; n++) {
      const streams = pick(random, STREAMS);
      const running = startOrResume(run);
      await someMoment(running, random);
      for (const stream of streams) running.child[stream]!.destroy();
      await Promise.race([sleep(500 * random.float()), running.ended]);
      running.child.kill('SIGINT');
      const { status } = await running.ended;
      expect([0, 130, 'SIGINT']).toContain(status);
      const what = `closed ${streams.join(' and ')}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    await expectSameEnd(run);
  });
  return counts;
}

campaign('streams', round);
