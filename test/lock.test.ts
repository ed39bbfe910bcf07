import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderLock } from '../src/lock.js';
import { packageRoot } from '../src/paths.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'azul-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that tries to take the lock, prints the result, and then runs the given code. */
async function contender(folder: string, then = '') {
  const script = `
    const { FolderLock } = await import(process.argv[1]);
    const lock = FolderLock.take(process.argv[2]);
    console.log(lock ? 'taken' : 'refused');
    setInterval(() => lock, 1000);
    ${then}`;
  const module = new URL('dist/src/lock.js', packageRoot).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { answer: data.toString().trim(), kill };
}

test('one process at a time has the lock, until it releases the lock or ends in any way', async () => {
  const folder = temporaryFolder();
  const first = await contender(folder);
  expect(first.answer).toBe('taken');
  expect(FolderLock.take(folder)).toBeUndefined();
  await first.kill();
  const lock = FolderLock.take(folder)!;
  expect(lock.isInPlace).toBe(true);
  expect(FolderLock.take(folder)).toBeUndefined();
  expect((await contender(folder)).answer).toBe('refused');
  lock.release();
  FolderLock.take(folder)!.release();
});

test('one of many processes gets the lock that a killed process leaves', async () => {
  const folder = temporaryFolder();
  await (await contender(folder)).kill();
  const answers = await Promise.all(Array.from({ length: 5 }, async () => (await contender(folder)).answer));
  expect(answers.sort()).toEqual(['refused', 'refused', 'refused', 'refused', 'taken']);
});

test('a process that waits while the lock file is removed gets the lock of the next file', async () => {
  const folder = temporaryFolder();
  await contender(folder, 'setTimeout(() => lock.remove(), 200);');
  const lock = FolderLock.take(folder)!;
  expect(lock.isInPlace).toBe(true);
  expect((await contender(folder)).answer).toBe('refused');
  lock.release();
});

test.each<[string, (folder: string) => void]>([
  ['moved', (folder) => renameSync(folder, `${folder}.elsewhere`)],
  ['removed', (folder) => rmSync(folder, { recursive: true })],
  [
    'replaced',
    (folder) => {
      renameSync(folder, `${folder}.elsewhere`);
      mkdirSync(folder);
      FolderLock.take(folder)!.release();
    },
  ],
])('a folder that was %s is not in place any more', (_, change) => {
  const folder = join(temporaryFolder(), 'folder');
  mkdirSync(folder);
  const lock = FolderLock.take(folder)!;
  change(folder);
  expect(lock.isInPlace).toBe(false);
  lock.release();
});

test('a missing folder, and another file in place of the lock, are errors', () => {
  const folder = temporaryFolder();
  expect(() => FolderLock.take(join(folder, 'nowhere'))).toThrow(/directory does not exist/);
  writeFileSync(join(folder, 'lock.db'), 'this is a letter');
  expect(() => FolderLock.take(folder)).toThrow(/lock\.db: file is not a database/);
});
