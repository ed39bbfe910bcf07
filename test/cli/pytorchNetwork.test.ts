/** A network trained in PyTorch, from start to end: games, a dataset, training, an ONNX file, a match. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import { azul, folderForTests, start } from './processes.js';
import { pythonWith } from './python.js';

const script = fileURLToPath(new URL('examples/python/train.py', packageRoot));
const python = pythonWith('torch');

test.skipIf(!python)('a PyTorch network learns from our games, and plays', async () => {
  const cwd = folderForTests();
  const settings = ['iterations=2', 'selfPlay.gamesPerIteration=48', 'evaluation.every=0'];
  const changes = settings.flatMap((setting) => ['--set', setting]);
  expect(await azul(['train', '--preset', 'tiny', ...changes, '--run', 'run'], { cwd })).toMatchObject({ status: 0 });
  const written = await azul(['dataset', 'run', '--out', 'data', '--form', 'npz'], { cwd });
  expect(written.stdout).toMatch(/^data: \d+ positions of 96 games/);
  const { status, stdout, stderr } = await start(python!, [script, 'data', 'mine.onnx', '--epochs', '2'], cwd).ended;
  expect([status, stderr]).toEqual([0, '']);
  const losses = [...stdout.matchAll(/^epoch \d: held-out policy ([\d.]+), /gm)].map(([, loss]) => Number(loss));
  expect(losses[1]).toBeLessThan(losses[0]!);
  expect(stdout).toMatch(/^azul play mine\.onnx --inputs azul-5 --players 2$/m);
  const match = await azul(['evaluate', 'mine.onnx,inputs=azul-5,sims=8', 'random', '--pairs', '2'], { cwd });
  expect([match.status, match.stderr]).toEqual([0, '']);
  expect(match.stdout).toContain('mine.onnx,inputs=azul-5,sims=8');
});
