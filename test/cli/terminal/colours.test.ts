import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folderForTests, start } from '../processes.js';

const colours = new URL('../../../dist/src/cli/terminal/colours.js', import.meta.url).href;
const script = `const { bold, warn } = await import('${colours}'); warn('careful'); console.log(bold('done'));`;

async function printed(environment: Record<string, string>): Promise<[stdout: string, stderr: string]> {
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const { stdout, stderr } = await start('env', [...words, process.execPath, '-e', script]).ended;
  return [stdout, stderr];
}

test('a stream that is no terminal gets no colours, also on a build server', async () => {
  const environments: Record<string, string>[] = [{}, { CI: 'true' }, { NO_COLOR: '1', CI: '1' }];
  for (const environment of environments) expect(await printed(environment)).toEqual(['done\n', 'careful\n']);
});

test('standard output and standard error decide independently', async () => {
  const kept = `${folderForTests()}/stderr`;
  const program = fileURLToPath(new URL('../../../dist/src/cli/terminal/colours.js', import.meta.url));
  const line = `${process.execPath} -e "const c = await import('${program}'); c.warn('careful'); console.log(c.bold('done'))" 2>${kept}`;
  const { stdout } = await start('script', ['-qec', line, '/dev/null']).ended;
  expect(stdout.trim()).toBe('\x1b[1mdone\x1b[22m');
  expect(readFileSync(kept, 'utf8')).toBe('careful\n');
});

test('FORCE_COLOR turns colours on without a terminal', async () => {
  expect(await printed({ FORCE_COLOR: '1' })).toEqual(['\x1b[1mdone\x1b[22m\n', '\x1b[33mcareful\x1b[39m\n']);
});
