import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { azul, expectFailure, folderForTests, SHORTEST } from './processes.js';

const FAKE = fileURLToPath(new URL('../arena/fakeEngine.js', import.meta.url));
const folder = folderForTests();
const started = join(folder, 'started');
const spec = `engine:"${process.execPath}" "${FAKE}" good "${started}"`;
const command = spec.slice('engine:'.length);
const run = join(folder, 'run');
const config = join(folder, 'config.json');
const train = [...SHORTEST.slice(0, -1), '--run'];

/** A run with one iteration left to do. A stranger has changed its configuration. */
beforeAll(async () => {
  expect((await azul(['train', ...SHORTEST, '--run', run])).status).toBe(0);
  const path = join(run, 'config.json');
  const stored = JSON.parse(readFileSync(path, 'utf8'));
  stored.evaluation.opponents = [spec];
  stored.iterations = 2;
  writeFileSync(path, JSON.stringify(stored));
  writeFileSync(config, JSON.stringify({ evaluation: { opponents: [spec] } }));
});

test('a stored configuration starts no program, and the error names the program', async () => {
  const refused = new RegExp(
    `evaluation.opponents would start the program: .*"${started}"; --allow-engines permits it`,
  );
  expectFailure(await azul(['resume', run]), 2, refused);
  expectFailure(await azul(['train', '--config', config, ...train, join(folder, 'none')]), 2, refused);
  expect(existsSync(join(folder, 'none'))).toBe(false);
  expect((await azul(['report', run])).status).toBe(0);
  const fit = ['fit', run, '--out', join(folder, 'fit.onnx'), '--epochs', '1', '--set', 'validation.fraction=0.5'];
  expect((await azul(fit)).stderr).toBe('');
  expect(existsSync(started)).toBe(false);
});

test('a stored configuration starts its program with --allow-engines, and the output says so', async () => {
  const { status, stdout, stderr } = await azul(['resume', run, '--allow-engines']);
  expect(stderr).toMatch(/^iterations was 1 .*\nevaluation\.opponents was .*\n$/);
  expect(status).toBe(0);
  expect(stdout).toContain(`evaluations start the program: ${command}\n`);
  expect(stdout).toContain(`  against ${spec}: `);
  expect(existsSync(started)).toBe(true);
});

test('an engine that is named on the command line needs no permission', async () => {
  const typed = `--set=evaluation.opponents=${JSON.stringify([spec])}`;
  const { status, stdout, stderr } = await azul(['train', typed, ...train, join(folder, 'typed')]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain(`evaluations start the program: ${command}\n`);
});

test('control characters in a command are escaped', async () => {
  writeFileSync(config, JSON.stringify({ evaluation: { opponents: ['engine:evil\u001b[2K\u202e x'] } }));
  const refused = await azul(['train', '--config', config, ...train, join(folder, 'none')]);
  expectFailure(refused, 2, /would start the program: evil\\u\{1b\}\[2K\\u\{202e\} x; --allow/);
});
