/** How signals and lost streams end a command, or don't. The terminals come from `script` of util-linux or from Python. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { azulPath, folderForTests, menu, type Running, SHORTEST, start, startAzul } from './processes.js';

const folder = folderForTests();
const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux');
const hasPython = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0;
const [CTRL_C, HIDE_CURSOR, SHOW_CURSOR] = ['\x03', '\x1b[?25l', '\x1b[?25h'];

/** A run that is saved only at its end. */
const training = (run: string, iterations = 0) =>
  `train --preset=tiny --set=iterations=${iterations} --set=checkpoints.every=1000 --set=evaluation.every=0 --run=${run}`;

const command = (line: string) => [azulPath, ...line.split(' ')] as [string, ...string[]];

function running(program: string, args: readonly string[]): Running {
  const started = start(program, args, folder);
  onTestFinished(() => void started.child.kill('SIGKILL'));
  return started;
}

function onTerminal(line: string): Running {
  // `exec`: Ctrl-C reaches every process on the terminal, and some shells would end with 130 whatever the status of azul.
  return running('script', ['--quiet', '--return', '--command', `exec ${azulPath} ${line}`, '/dev/null']);
}

const cursorIsShown = (output: string) => output.lastIndexOf(SHOW_CURSOR) > output.lastIndexOf(HIDE_CURSOR);

const iterations = (run: string) => {
  const metrics = join(folder, run, 'metrics.jsonl');
  return existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length - 1 : 0;
};

/** Waits until a run has done n iterations. */
const reaches = (run: string, iteration: number) =>
  expect.poll(() => iterations(run), { timeout: 30_000 }).toBeGreaterThanOrEqual(iteration);

/** Expects that the last checkpoint holds all that a run has done. */
function expectSaved(run: string): void {
  const checkpoints = readdirSync(join(folder, run, 'checkpoints')).filter((name) => /^\d+$/.test(name));
  expect(iterations(run)).toBeGreaterThan(0);
  expect(Number(checkpoints.at(-1))).toBe(iterations(run));
}

describe('a run that a signal stops is saved', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s', async (signal, expected) => {
    const { child, ended } = running(...split(training(signal)));
    await reaches(signal, 2);
    child.kill(signal);
    const { status, stdout, stderr } = await ended;
    expect(stdout).toContain(`Stopped, and saved. azul resume ${signal} continues it.`);
    expect(stderr).toMatch(/^(\nstopping after this step; .*\n)?$/);
    expect(status).toBe(expected);
    expectSaved(signal);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s sent twice counts as one', async (signal) => {
    const run = `twice-${signal}`;
    const { child, ended } = running(...split(training(run)));
    await reaches(run, 2);
    child.kill(signal);
    await sleep(5);
    child.kill(signal);
    expect((await ended).stdout).toContain('Stopped, and saved.');
    expectSaved(run);
  });

  test('in the middle of a slow match', async () => {
    const match = '--set=evaluation.pairs=200 --set=evaluation.opponents=["rollouts:sims=500"]';
    const { child, ended, prints } = running(
      ...split(`${SHORTEST.join(' ')} ${match} --set=iterations=0 --set=checkpoints.every=1 --run=match`, 'train'),
    );
    await prints('match: 2 players');
    const asked = performance.now();
    await sleep(4000);
    child.kill('SIGTERM');
    const { status, stdout } = await ended;
    expect(stdout).toContain('Stopped, and saved.');
    expect(status).toBe(143);
    // The match takes minutes.
    expect(performance.now() - asked).toBeLessThan(20_000);
  });

  test('Ctrl-C on a terminal: the last line reports it, and the cursor is shown', async (context) => {
    context.skip(!hasScript);
    const { child, ended, prints } = onTerminal(training('terminal'));
    await prints('iteration 3: play');
    child.stdin!.write(CTRL_C);
    const { status, stdout } = await ended;
    expect(stdout).toMatch(/Stopped, and saved\. azul resume terminal continues it\.\s*$/);
    expect(cursorIsShown(stdout)).toBe(true);
    expect(status).toBe(130);
    expectSaved('terminal');
  });

  test('a second Ctrl-C ends the run at once, and the cursor is shown', async (context) => {
    context.skip(!hasScript);
    const { child, ended, prints, output } = onTerminal('train --run slow --set selfPlay.workers=1');
    await prints('iteration 1: play');
    child.stdin!.write(CTRL_C);
    await prints('press Ctrl-C again');
    child.stdin!.write(CTRL_C);
    const { status } = await ended;
    expect(cursorIsShown(output())).toBe(true);
    expect(status).toBe(130);
  });

  test('when its terminal closes', async (context) => {
    context.skip(!hasPython);
    const { child, ended, prints } = onClosedTerminal(command(training('closed')));
    await prints('iteration 3: play');
    child.stdin!.end();
    expect((await ended).status).toBe(129);
    expectSaved('closed');
  });
});

describe('a run continues', () => {
  test('under nohup, when its terminal closes', async () => {
    const { child, ended } = running('nohup', command(training('nohup')));
    await reaches('nohup', 1);
    child.kill('SIGHUP');
    await reaches('nohup', iterations('nohup') + 3);
    child.kill('SIGTERM');
    expect((await ended).status).toBe(143);
    expectSaved('nohup');
  });

  test('to its end without a terminal, where a script ignores SIGHUP', async (context) => {
    context.skip(!hasPython);
    const { child, ended, prints } = onClosedTerminal([
      'sh',
      '-c',
      `trap '' HUP; exec ${azulPath} ${training('ignored', 8)}`,
    ]);
    await prints('iteration 2: play');
    child.stdin!.end();
    expect((await ended).status).toBe(0);
    expect(iterations('ignored')).toBe(8);
    expectSaved('ignored');
  });

  test.each([['stdout'], ['stderr'], ['stdout', 'stderr']] as const)('without a reader: %s %s', async (...streams) => {
    const run = `unread-${streams.join('-')}`;
    const { child, ended } = running(...split(training(run)));
    for (const stream of streams) child[stream]!.destroy();
    await reaches(run, 3);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    const isTold = streams.length === 1 && streams[0] === 'stdout';
    expect(stderr.includes('azul: cannot write the output: write EPIPE; the command continues without output\n')).toBe(
      isTold,
    );
    expect(status).toBe(130);
    expectSaved(run);
  });
});

describe('other commands end by the signal without an error message', () => {
  const cases = [
    ['analyse', 'start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW --sims 4000000'],
    ['bench', '--quick'],
    ['engine', ''],
    ['evaluate', 'heuristic:sims=100 greedy --pairs 100000'],
    ['play', ''],
    ['web', '--port 0'],
  ].map(([name, args]) => [name, `${name} ${args}`.trim()] as const);

  test.concurrent.each(cases)('%s', async (_name, line) => {
    for (const [delay, signal, expected] of [
      [50, 'SIGINT', 130],
      [500, 'SIGINT', 130],
      [1000, 'SIGTERM', 143],
      [2000, 'SIGHUP', 129],
    ] as const) {
      const { child, ended } = startAzul(line.split(' '), folder);
      await sleep(delay);
      child.kill(signal);
      const { status, stderr } = await ended;
      expect(stderr).toMatch(/^(stopped, and no game was saved; .*\n)?$/);
      expect(status).toBe(expected);
    }
  });

  test('evaluate in the middle of inference, repeatedly', async () => {
    const out = join(folder, 'matches');
    const line = `evaluate ${fileURLToPath(new URL('../../models/azul-2p.onnx', import.meta.url))},sims=20 greedy`;
    const games = () => (existsSync(join(out, 'games.azul')) ? readFileSync(join(out, 'games.azul')).length : 0);
    for (let i = 0; i < 3; i++) {
      const before = games();
      const { child, ended } = startAzul([...line.split(' '), '--pairs=100000', '--out', out]);
      await expect.poll(games, { timeout: 30_000, interval: 10 }).toBeGreaterThan(before);
      child.kill('SIGINT');
      const { status, stdout, stderr } = await ended;
      expect(stderr).toBe(`stopped; the same command continues the tournament in ${out}\n`);
      expect(stdout).not.toContain('│');
      expect(status).toBe(130);
    }
  });

  test('bench leaves nothing behind', async () => {
    const TMPDIR = join(folder, 'tmp');
    mkdirSync(TMPDIR);
    const ours = () => readdirSync(TMPDIR).filter((name) => name.startsWith('azul'));
    const { child, ended } = running('env', [`TMPDIR=${TMPDIR}`, ...command('bench --quick')]);
    await expect.poll(ours, { timeout: 60_000 }).toHaveLength(1);
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    expect(ours()).toEqual([]);
  });

  test('the menu passes the signal on to the program', async () => {
    const path = fileURLToPath(new URL('../../dist/examples/menu.js', import.meta.url));
    const [, number] = /(\d+) +.*full/.exec((await menu([])).stdout)!;
    const { child, ended } = running(process.execPath, [path, number!, ...training('menu').split(' ').slice(1)]);
    await reaches('menu', 2);
    child.kill('SIGTERM');
    const { status, stdout } = await ended;
    expect(stdout).toContain('Stopped, and saved.');
    expect(status).toBe(143);
    expectSaved('menu');
  });
});

/** Starts a command on a terminal. The terminal closes when the input of the returned process ends. */
function onClosedTerminal(command: readonly string[]): Running {
  return running('python3', [fileURLToPath(new URL('closedTerminal.py', import.meta.url)), ...command]);
}

/** A line of arguments in the form that `running` takes. */
function split(line: string, ...before: string[]): [program: string, args: string[]] {
  const [program, ...args] = command([...before, line].join(' '));
  return [program, args];
}
