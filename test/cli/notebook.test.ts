/** The notebook of examples/python, run cell by cell as in Jupyter, on a real run and its dataset. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import { azul, folderForTests, start } from './processes.js';
import { pythonWith } from './python.js';

const notebook = fileURLToPath(new URL('examples/python/learning_curve.ipynb', packageRoot));
const python = pythonWith('matplotlib');

test.skipIf(!python)('the notebook draws the learning curve of a run and shows its positions', async () => {
  const cwd = folderForTests();
  const settings = ['iterations=3', 'selfPlay.gamesPerIteration=24', 'evaluation.every=1', 'evaluation.pairs=2'];
  const changes = settings.flatMap((setting) => ['--set', setting]);
  expect(await azul(['train', '--preset', 'tiny', ...changes, '--run', 'run'], { cwd })).toMatchObject({ status: 0 });
  expect(await azul(['dataset', 'run', '--out', 'data', '--form', 'npz'], { cwd })).toMatchObject({ status: 0 });
  const { cells } = JSON.parse(readFileSync(notebook, 'utf8')) as { cells: { cell_type: string; source: string[] }[] };
  const code = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => source.join(''));
  expect(code).toHaveLength(3);
  const script = `${code.join('\n')}\nprint(len(plt.get_fignums()), 'figures of', sorted({len(plt.figure(n).axes) for n in plt.get_fignums()}), 'charts')\n`;
  const environment = ['AZUL_RUN=run', 'AZUL_DATA=data', 'MPLBACKEND=agg'];
  const { status, stdout, stderr } = await start('env', [...environment, python!, '-c', script], cwd).ended;
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^3 iterations, 72 games, [\d.]+ minutes\n\d+ positions, \d+ of them decisions with \d+\.\d legal moves/,
  );
  expect(stdout).toContain('2 figures of [2] charts');
});
