/** Ctrl-C on a terminal, which `script` of util-linux makes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { azulPath, folderForTests, start } from './processes.js';

const folder = folderForTests();
const hasTerminals = spawnSync('script', ['--version']).stdout?.includes('util-linux');
const [CTRL_C, HIDE_CURSOR, SHOW_CURSOR] = ['\x03', '\x1b[?25l', '\x1b[?25h'];

function onTerminal(line: string) {
  // `exec`: Ctrl-C reaches all that runs on the terminal, and some shells would end with 130 whatever azul ends with.
  const command = `exec ${azulPath} ${line}`;
  const running = start('script', ['--quiet', '--return', '--command', command, '/dev/null'], folder);
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return running;
}

const cursorIsShown = (output: string) => output.lastIndexOf(SHOW_CURSOR) > output.lastIndexOf(HIDE_CURSOR);

test.skipIf(!hasTerminals)('stops a run: the last line says so, and the cursor is back', async () => {
  const { child, ended, prints } = onTerminal('train --preset tiny --set iterations=0 --run run');
  await prints('iteration 3: play');
  child.stdin!.write(CTRL_C);
  const { status, stdout } = await ended;
  expect(stdout).toMatch(/Stopped, and saved\. azul resume run continues it\.\s*$/);
  expect(cursorIsShown(stdout)).toBe(true);
  expect(status).toBe(0);
});

test.skipIf(!hasTerminals)('twice ends it at once, with the cursor back', async () => {
  const { child, ended, prints, output } = onTerminal(`train --run ${join(folder, 'slow')} --set selfPlay.workers=1`);
  await prints('iteration 1: play');
  child.stdin!.write(CTRL_C);
  await prints('press Ctrl-C again');
  child.stdin!.write(CTRL_C);
  const { status } = await ended;
  expect(cursorIsShown(output())).toBe(true);
  expect(status).toBe(130);
});
