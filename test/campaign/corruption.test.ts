import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderForTests } from '../cli/processes.js';
import { damageAll, prepare } from './corruption.js';

test('each command that meets a damaged file names it, or comes to what it comes to without the damage', async () => {
  const folder = join(folderForTests(), 'whole');
  await prepare(folder);
  expect(await damageAll(folder, { count: 1, seed: 1 })).toEqual([]);
}, 600_000);
