/** The folder of a run as its commands find it: not begun, moved, or read-only. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeConfig } from '../../src/training/config/config.js';
import { Run } from '../../src/training/run/run.js';
import { azul, expectFailure, folderForTests, SHORTEST, startAzul } from './processes.js';

const folder = folderForTests();

beforeAll(async () => {
  const args = ['train', ...SHORTEST, '--set=selfPlay.gamesPerIteration=24', '--run', 'runs/good'];
  expect((await azul(args, { cwd: folder })).status).toBe(0);
}, 60_000);

/** Starts `azul`, and ends it with the test at the latest. */
function startForTest(args: readonly string[], cwd: string) {
  const running = startAzul(args, cwd);
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return running;
}

describe('a start that is stopped before its first game leaves no folder', () => {
  test.each([
    ['that it made', 'stopped/deep/run', []],
    ['and what was in one that was there', 'there', ['notes.txt']],
  ])('%s', async (_, run, before) => {
    const cwd = mkdtempSync(join(folder, 'start-'));
    for (const name of before) mkdirSync(join(cwd, run, name), { recursive: true });
    const { child, ended, prints } = startForTest(['train', '--preset=laptop', '--run', run], cwd);
    await prints(`${run}: 2 players`);
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    expect(stdout).toMatch(/\nStopped before the first game; there was nothing to save\.\n$/);
    expect(status).toBe(130);
    expect(readdirSync(before.length > 0 ? join(cwd, run) : cwd)).toEqual(before);
  });
});

test('the newest run is the newest one that has what the command needs', async () => {
  const cwd = mkdtempSync(join(folder, 'newest-'));
  cpSync(join(folder, 'runs/good'), join(cwd, 'runs/good'), { recursive: true });
  // What remains when a start is killed before its first game.
  Run.create(join(cwd, 'runs/unplayed'), makeConfig('tiny')).close();
  const evaluated = await azul(['evaluate', 'best,sims=1', 'latest,sims=1', '--pairs=1'], { cwd });
  expect(evaluated.stderr).toBe('');
  expect(evaluated.status).toBe(0);
  expect((await azul(['report'], { cwd })).stdout).toContain('runs/good/report.html shows 1 iterations');
  expect((await azul(['resume'], { cwd })).stdout).toMatch(/^runs\/good: .*; resumed after iteration 1\nDone/);

  // A run that has games but no checkpoint is resumed.
  const endless = '--set=selfPlay.gamesPerIteration=100000';
  const started = startForTest(['train', '--preset=tiny', endless, '--run', 'runs/played'], cwd);
  while (!existsSync(join(cwd, 'runs/played/latest-game.json'))) await new Promise((done) => setTimeout(done, 10));
  started.child.kill('SIGKILL');
  await started.ended;
  const resumed = startForTest(['resume'], cwd);
  await resumed.prints('runs/played: 2 players');
  resumed.child.kill('SIGINT');
  expect((await resumed.ended).stdout).toContain('Stopped, and saved. azul resume runs/played continues it.');
  const played = Run.open(join(cwd, 'runs/played'));
  expect(played.replay.isEmpty).toBe(false);
  played.close();
  rmSync(join(cwd, 'runs/good'), { recursive: true });
  expectFailure(
    await azul(['report'], { cwd }),
    1,
    /runs\/played has no finished iteration yet; azul resume runs\/played/,
  );
});

test('a run that is moved while it trains reports it, makes no folder, and continues at its new place', async () => {
  const cwd = mkdtempSync(join(folder, 'moved-'));
  const { ended, prints } = startForTest(['train', '--preset=tiny', '--set=iterations=0', '--run', 'run'], cwd);
  await prints('iteration 1');
  renameSync(join(cwd, 'run'), join(cwd, 'moved'));
  const end = await ended;
  expectFailure(
    end,
    1,
    /^azul: run was moved or removed while the run trained; if it was moved, azul resume continues it/,
  );
  expect(end.stdout).not.toContain('saved');
  expect(readdirSync(cwd)).toEqual(['moved']);
  const resumed = startForTest(['resume', 'moved'], cwd);
  await resumed.prints('moved: 2 players');
  resumed.child.kill('SIGINT');
  expect((await resumed.ended).stdout).toContain('Stopped, and saved. azul resume moved continues it.');
});

/** Whether the test may mount a folder read-only, which needs root. */
function mountReadOnly(from: string, to: string): boolean {
  mkdirSync(to);
  const isDone = (...args: string[]) => spawnSync('mount', args).status === 0;
  if (!isDone('--bind', from, to)) return false;
  onTestFinished(() => void spawnSync('umount', [to]));
  return isDone('-o', 'remount,ro,bind', to);
}

test('commands that only read a run need no write access', async ({ skip }) => {
  const cwd = mkdtempSync(join(folder, 'view-'));
  const [runs, view] = [join(folder, 'runs'), join(cwd, 'runs')];
  if (!mountReadOnly(runs, view)) skip('no folder can be mounted here');
  const args = [
    ['fit', 'runs/good', '--set=validation.fraction=0.4', '--epochs=1', '--out', 'fit.onnx'],
    ['report', '--out', 'report.html'],
    ['evaluate', 'best,sims=1', 'latest:runs/good,sims=1', '--pairs=1'],
    ['export', 'best', 'model.onnx'],
  ];
  for (const line of args) {
    const { status, stderr } = await azul(line, { cwd });
    expect(stderr, line[0]).toBe('');
    expect(status, line[0]).toBe(0);
  }
  expect(readdirSync(cwd).sort()).toEqual([
    'fit.history.json',
    'fit.html',
    'fit.last.onnx',
    'fit.onnx',
    'model.json',
    'model.onnx',
    'report.html',
    'runs',
  ]);
  expectFailure(
    await azul(['report'], { cwd }),
    1,
    /cannot write the report to runs\/good\/report\.html: EROFS.*--out/,
  );
  expectFailure(await azul(['resume'], { cwd }), 1, /cannot work in runs\/good: .*; permit writing there, or copy it/);

  // Games that are only in the log, as after a kill, and a run that is being trained.
  const busy = startForTest(['train', '--preset=tiny', '--set=iterations=0', '--run', join(runs, 'busy')], cwd);
  await busy.prints('iteration 1');
  const fit = ['fit', 'runs/busy', '--set=validation.fraction=0.4', '--epochs=1', '--out', 'busy.onnx'];
  expectFailure(await azul(fit, { cwd }), 1, /busy\/replay\.db is in use by another process/);
  busy.child.kill('SIGKILL');
  await busy.ended;
  const log = readFileSync(join(runs, 'busy/replay.db-wal'));
  expect(log.length).toBeGreaterThan(0);
  const { status, stderr } = await azul(fit, { cwd });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(readFileSync(join(runs, 'busy/replay.db-wal'))).toEqual(log);
}, 180_000);
