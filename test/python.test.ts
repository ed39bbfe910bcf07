/** Runs the tests of the Python package with the compiled engine. AZUL_PYTHON names the Python, which needs numpy. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/paths.js';
import { start } from './cli/processes.js';
import { pythonWith } from './cli/python.js';

const folder = fileURLToPath(new URL('python/', packageRoot));
const engine = fileURLToPath(new URL('dist/src/cli/main.js', packageRoot));
const python = pythonWith('numpy');

test.skipIf(!python)('the Python package', async () => {
  const variables = [`AZUL_ENGINE=${engine} engine`, 'PYTHONPATH=.'];
  const args = ['-W', 'ignore', '-m', 'unittest', 'discover', '-s', 'tests'];
  const { status, stderr } = await start('env', [...variables, python!, ...args], folder).ended;
  expect(stderr).toMatch(/\nOK( \(skipped=1\))?\n$/);
  expect(stderr.includes('skipped')).toBe(spawnSync(python!, ['-c', 'import pettingzoo']).status !== 0);
  expect(status).toBe(0);
});
