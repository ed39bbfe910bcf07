/**
 * A run on a disk that loses power. The disk is a file system on a loop device, whose image is copied while the run is
 * stopped in the middle of its work. The copy holds what had reached the disk, and nothing that was still in memory.
 * The campaign needs root on Linux, to mount. It prints so and is skipped elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { Random } from '../../src/game/random.js';
import { type Counts, campaign, pick } from './campaign.js';
import { expectSameEnd, inFolder, someMoment, startOrResume } from './smallRun.js';

const MEGABYTES = 64;
const CUTS_PER_RUN = 4;

/** Runs a program of the system. The error of a failure has its output. */
function system(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Works on the file system in an image. `commit` stops the kernel from writing the journal by itself. */
async function mounted<T>(image: string, mode: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = `${image}.mounted`;
  mkdirSync(folder);
  system('mount', '-o', `loop,commit=300,data=${mode}`, image, folder);
  try {
    return await work(folder);
  } finally {
    system('umount', folder);
  }
}

async function makeImage(folder: string): Promise<string> {
  const image = join(folder, 'disk-0');
  system('truncate', '-s', `${MEGABYTES}M`, image);
  system('mkfs.ext4', '-q', image);
  return image;
}

async function round(random: Random): Promise<Counts> {
  await inFolder(async (folder) => {
    let image = await makeImage(folder);
    for (let n = 1; n <= CUTS_PER_RUN; n++) {
      const after = join(folder, `disk-${n}`);
      await mounted(image, pick(random, ['ordered', 'writeback']), async (disk) => {
        const running = startOrResume(join(disk, 'run'));
        await someMoment(running, random);
        running.child.kill('SIGSTOP');
        copyFileSync(image, after);
        running.child.kill('SIGKILL');
        await running.ended;
      });
      image = after;
    }
    await mounted(image, 'ordered', (disk) => expectSameEnd(join(disk, 'run')));
  });
  return { 'power cuts': CUTS_PER_RUN };
}

async function canMount(): Promise<boolean> {
  try {
    await inFolder(async (folder) => mounted(await makeImage(folder), 'ordered', async () => {}));
    return true;
  } catch (error) {
    console.log(`power cuts are skipped: this system mounts no image (${(error as Error).message.trim()})`);
    return false;
  }
}

describe.skipIf(!(await canMount()))('on a disk of its own', () => campaign('power cuts', round));
