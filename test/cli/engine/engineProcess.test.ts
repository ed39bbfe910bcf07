/** The engine as a process: what ends a search, and how long it takes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Running, startAzul } from '../processes.js';

const DEALT = 'position start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW\n';

/** Starts an engine that is ready and has a position to search. */
async function startEngine(): Promise<Running & { send(text: string): void }> {
  const engine = startAzul(['engine']);
  const send = (text: string) => engine.child.stdin!.write(text);
  send(`isready\n${DEALT}`);
  await engine.prints('readyok');
  return { ...engine, send };
}

/** Milliseconds until a promise resolves. */
async function time(promise: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await promise;
  return performance.now() - start;
}

test.each(['go sims 4000000', 'go movetime 3600000', 'go infinite', 'perft 99'])('%s: quit ends it', async (long) => {
  const engine = await startEngine();
  engine.send(`${long}\nisready\n`);
  await engine.prints('readyok\nreadyok');
  engine.send('quit\n');
  expect(await time(engine.ended)).toBeLessThan(1000);
  const { status, stdout } = await engine.ended;
  expect(status).toBe(0);
  expect(stdout).toMatch(long.startsWith('go') ? /\nbestmove \w{3}\n$/ : /\nerror perft 99 was stopped\n$/);
});

test('quit does not wait for models', async () => {
  const engine = startAzul(['engine']);
  engine.child.stdin!.write('azi\n');
  await engine.prints('aziok');
  engine.child.stdin!.write('isready\nquit\n');
  // Each model keeps the process from reading for a moment.
  expect(await time(engine.ended)).toBeLessThan(1500);
  expect((await engine.ended).status).toBe(0);
});

test('stop gives the best move at once, and the engine keeps reading', async () => {
  const engine = await startEngine();
  engine.send('go infinite\nstop\nresult\n');
  expect(await time(engine.prints('result none'))).toBeLessThan(500);
  engine.send('perft 99\nstop\nlegal\n');
  expect(await time(engine.prints('legal '))).toBeLessThan(500);
  engine.send('go movetime 3600000\n');
  await engine.prints('info sims 1');
  engine.send('stop\n');
  engine.child.stdin!.end('go sims 50\n');
  const { status, stdout } = await engine.ended;
  expect(status).toBe(0);
  const words = stdout.split('\n').map((line) => line.split(' ')[0]);
  expect(words.filter((word) => word !== 'info')).toEqual([
    'readyok',
    'bestmove',
    'result',
    'error',
    'legal',
    'bestmove',
    'bestmove',
    '',
  ]);
  for (const [, sims] of stdout.matchAll(/info sims (\d+)/g)) expect(Number(sims)).toBeGreaterThan(0);
});

// Another process may take the processor for some milliseconds, so it is tried again.
test('a search uses the time that it is given', { retry: 3 }, async () => {
  const engine = await startEngine();
  for (const ms of [30, 400, 100, 30, 100]) {
    const before = engine.output().length;
    const answered = new Promise<void>((resolve) => {
      engine.child.stdout!.on('data', () => engine.output().indexOf('bestmove', before) >= 0 && resolve());
    });
    const start = performance.now();
    engine.send(`go movetime ${ms}\n`);
    await answered;
    expect(performance.now() - start).toBeGreaterThanOrEqual(0.95 * ms);
  }
  engine.child.stdin!.end();
  await engine.ended;
});

test('the memory of a long search is freed', { timeout: 60_000 }, async () => {
  const engine = await startEngine();
  const megabytes = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.child.pid}/status`, 'utf8'))![1]) / 1024;
  engine.send('go sims 5000\neval\n');
  await engine.prints('policy');
  const before = megabytes();
  engine.send('go sims 90000\nresult\n');
  await engine.prints('result');
  const most = megabytes();
  expect(most).toBeGreaterThan(before + 70);
  await expect.poll(megabytes, { timeout: 30_000, interval: 500 }).toBeLessThan((before + most) / 2);
  engine.child.stdin!.end();
  await engine.ended;
});
