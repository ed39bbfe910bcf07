import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { serveWeb } from '../../src/cli/webServer.js';
import { makeConfig } from '../../src/training/config.js';
import { MetricsLog } from '../../src/training/metrics.js';
import type { MetricsUpdate } from '../../src/training/metricsTail.js';
import { startAzul } from '../cli/processes.js';
import { metrics, temporaryFolder } from '../training/helpers.js';

function history() {
  const folder = join(temporaryFolder(), 'run');
  mkdirSync(folder);
  return { folder, log: new MetricsLog(join(folder, 'metrics.jsonl')) };
}

/** Reads server-sent events one by one. */
async function follow(address: string, options: { after?: string; headers?: Record<string, string> } = {}) {
  const { after, headers = {} } = options;
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const url = new URL(`api/run/events${after === undefined ? '' : `?after=${after}`}`, address);
  const answer = await fetch(url, { headers, signal: leave.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<{ id: string; from: number; iterations: number[] }> => {
    for (;;) {
      const event = /id: (\S+)\ndata: (.+)\n\n/.exec(text);
      if (event) {
        text = text.slice(event.index + event[0].length);
        const { from, metrics } = JSON.parse(event[2]!) as MetricsUpdate;
        return { id: event[1]!, from, iterations: metrics.map(({ iteration }) => iteration) };
      }
      const { value, done } = await reader.read();
      if (done) throw new Error('the server has ended the events');
      text += value;
    }
  };
  return { next, leave: () => leave.abort() };
}

async function served(folder: string, port = 0) {
  const server = await serveWeb({ host: '127.0.0.1', port }, folder);
  onTestFinished(() => server.close().catch(() => {}));
  return server;
}

test('the history so far, then what is added, then what is left of it when the run goes back', async () => {
  const { folder, log } = history();
  log.append(metrics(1));
  log.append(metrics(2));
  const { address } = await served(folder);
  const { next } = await follow(address);
  expect(await next()).toMatchObject({ from: 0, iterations: [1, 2] });
  log.append(metrics(3));
  expect(await next()).toMatchObject({ from: 2, iterations: [3] });
  log.rewindTo(1);
  expect(await next()).toMatchObject({ from: 0, iterations: [1] });
  log.append({ ...metrics(2), elapsed: 50 });
  expect(await next()).toMatchObject({ from: 1, iterations: [2] });
});

test('a run without any history yet', async () => {
  const { folder, log } = history();
  const { next } = await follow((await served(folder)).address);
  const first = next();
  await sleep(100);
  log.append(metrics(1));
  expect(await first).toMatchObject({ from: 0, iterations: [1] });
});

test('a reader goes on where it was, after it was cut off, after the server was, and when it comes back by itself', async () => {
  const { folder, log } = history();
  for (const i of [1, 2, 3]) log.append(metrics(i));
  const first = await served(folder);
  const { id } = await (await follow(first.address)).next();
  log.append(metrics(4));
  expect(await (await follow(first.address, { headers: { 'Last-Event-ID': id } })).next()).toMatchObject({
    from: 3,
    iterations: [4],
  });
  await first.close();
  const { address } = await served(folder, Number(new URL(first.address).port));
  expect(await (await follow(address, { after: id })).next()).toMatchObject({ from: 3, iterations: [4] });
  expect(await (await follow(address, { after: 'something-else' })).next()).toMatchObject({ from: 0 });
});

const seconds = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** `MEASURE=1 npx vitest run test/web/events.test.ts` on a quiet machine: waking a bare Node now and then takes 0.4 % there. */
const measured = process.env.MEASURE && existsSync('/proc/self/stat');

test.skipIf(!measured)(
  'following a run takes less than a hundredth of one core (MEASURE=1)',
  async () => {
    const { folder, log } = history();
    writeFileSync(join(folder, 'config.json'), JSON.stringify(makeConfig('tiny')));
    for (let i = 1; i <= 1000; i++) appendFileSync(log.path, `${JSON.stringify(metrics(i))}\n`);
    const { child, prints, output } = startAzul(['web', folder, '--port=0']);
    onTestFinished(() => void child.kill());
    await prints('#run');
    const { next } = await follow(/http:[^#]+/.exec(output())![0]);
    expect((await next()).iterations).toHaveLength(1000);
    const before = seconds(child.pid!);
    const begun = performance.now();
    for (let i = 1001; i <= 1005; i++) {
      log.append(metrics(i));
      expect((await next()).iterations).toEqual([i]);
    }
    const elapsed = (performance.now() - begun) / 1000;
    expect(elapsed).toBeGreaterThan(3);
    const part = (seconds(child.pid!) - before) / elapsed;
    console.log(`following a run takes ${(100 * part).toFixed(2)} % of one core`);
    expect(part).toBeLessThan(0.01);
  },
  60_000,
);

test('the end of the server ends the events', async () => {
  const { folder, log } = history();
  log.append(metrics(1));
  const server = await served(folder);
  const { next } = await follow(server.address);
  await next();
  const ended = expect(next()).rejects.toThrow();
  await server.close();
  await ended;
});
