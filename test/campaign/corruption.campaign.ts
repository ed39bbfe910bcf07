/** A command that reads a damaged file names it, or has the same result as without the damage. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderForTests } from '../cli/processes.js';
import { type Counts, campaign } from './campaign.js';
import { damageAll, prepare } from './corruption.js';

const folder = join(folderForTests(), 'whole');
const prepared = prepare(folder);

campaign('corruption', async (random) => {
  await prepared;
  const counts: Counts = { 'damaged files': 0 };
  const settings = { count: 1, seed: random.int(2 ** 31) };
  const faults = await damageAll(folder, settings, (_command, _file, _damage, outcome) => {
    counts['damaged files']!++;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  });
  expect(faults).toEqual([]);
  return counts;
});
