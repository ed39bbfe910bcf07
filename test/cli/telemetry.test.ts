import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { azulPath, folderForTests, SHORTEST, shell } from './processes.js';

test('ONNX Runtime collects no telemetry, neither in the main thread nor in workers', async () => {
  const folder = folderForTests();
  const run = `TMPDIR=${folder} ${azulPath}`;
  const { status, stderr } = await shell(
    `printf 'position start 2\\ndeal 1\\ngo sims 8\\n' | ${run} engine && ${run} train ${SHORTEST.map((arg) => `'${arg}'`).join(' ')} --run=r`,
    folderForTests(),
  );
  expect(status, stderr).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});
