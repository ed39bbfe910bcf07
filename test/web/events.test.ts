import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { RunEvents } from '../../src/cli/pages/runEvents.js';
import { serveWeb } from '../../src/cli/pages/webServer.js';
import { makeConfig } from '../../src/training/config/config.js';
import { MetricsLog } from '../../src/training/run/metricsLog.js';
import type { MetricsUpdate } from '../../src/training/run/metricsTail.js';
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

test('sends the history so far, then what is added, then the remaining history when the run goes back', async () => {
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

test('serves a run without a history', async () => {
  const { folder, log } = history();
  const { next } = await follow((await served(folder)).address);
  const first = next();
  await sleep(100);
  log.append(metrics(1));
  expect(await first).toMatchObject({ from: 0, iterations: [1] });
});

test('a reader continues after it was cut off, after a restart of the server, and on its own reconnection', async () => {
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

/** `MEASURE=1 npx vitest run test/web/events.test.ts` on a quiet machine. A bare Node that wakes at times takes 0.4 % there. */
const measured = process.env.MEASURE && existsSync('/proc/self/stat');

test.skipIf(!measured)(
  'following a run takes less than 1 % of one core (MEASURE=1)',
  async () => {
    const { folder, log } = history();
    writeFileSync(join(folder, 'config.json'), JSON.stringify(makeConfig('tiny')));
    for (let i = 1; i <= 1000; i++) appendFileSync(log.path, `${JSON.stringify(metrics(i))}\n`);
    const { child, prints, output } = startAzul(['web', folder, '--port=0']);
    onTestFinished(() => void child.kill());
    await prints('#run');
    const reader = await follow(/http:[^#]+/.exec(output())![0]);
    await readAll(reader, 1000);
    const before = seconds(child.pid!);
    const begun = performance.now();
    for (let i = 1001; i <= 1005; i++) {
      log.append(metrics(i));
      expect((await reader.next()).iterations).toEqual([i]);
    }
    const elapsed = (performance.now() - begun) / 1000;
    expect(elapsed).toBeGreaterThan(3);
    const part = (seconds(child.pid!) - before) / elapsed;
    console.log(`following a run takes ${(100 * part).toFixed(2)} % of one core`);
    expect(part).toBeLessThan(0.01);
  },
  60_000,
);

/** A server of only a run's events, with the responses that it sends. */
async function eventsServer(folder: string, patience?: number) {
  const events = new RunEvents(folder, patience);
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    events.answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { events, responses, server, port: (server.address() as AddressInfo).port };
}

/** A reader that requests the events and reads nothing. */
async function askOnly(port: number) {
  const socket = connect(port, '127.0.0.1').pause();
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write('GET /api/run/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  return socket;
}

/** Writes a history of at least `bytes` bytes. Returns the number of iterations. */
function writeHistory({ path }: MetricsLog, bytes: number): number {
  const custom = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`metric${i}`, Math.sqrt(i)]));
  const line = (i: number) => `${JSON.stringify({ ...metrics(i), custom })}\n`;
  const count = Math.ceil(bytes / line(1).length);
  writeFileSync(path, Array.from({ length: count }, (_, i) => line(i + 1)).join(''));
  return count;
}

async function readAll({ next }: Awaited<ReturnType<typeof follow>>, count: number): Promise<void> {
  for (let known = 0; known < count; ) {
    const { from, iterations } = await next();
    expect([from, iterations[0]]).toEqual([known, known + 1]);
    known += iterations.length;
  }
}

test('a reader that does not read holds one chunk of the history, and other readers get all of it', async () => {
  const { folder, log } = history();
  const count = writeHistory(log, 20e6);
  const { port, responses, server } = await eventsServer(folder);
  const asked = once(server, 'request');
  await askOnly(port);
  await asked;
  await readAll(await follow(`http://127.0.0.1:${port}/`), count);
  expect(responses[0]!.writableNeedDrain).toBe(true);
  expect(responses[0]!.writableLength).toBeLessThan(1e6);
});

test('a reader that reads nothing for long is disconnected, and an up-to-date reader is not', async () => {
  const { folder, log } = history();
  const { port, responses, server } = await eventsServer(folder, 1000);
  const reader = await follow(`http://127.0.0.1:${port}/`);
  const count = writeHistory(log, 20e6);
  await readAll(reader, count);
  const asked = once(server, 'request');
  await askOnly(port);
  await asked;
  await once(responses[1]!, 'close');
  log.append(metrics(count + 1));
  expect((await reader.next()).iterations).toEqual([count + 1]);
});

test('the end of the server sends the rest of the history, and does not wait for readers that do not read', async () => {
  const { folder, log } = history();
  const { events, port, server } = await eventsServer(folder);
  const { next } = await follow(`http://127.0.0.1:${port}/`);
  log.append(metrics(1));
  await next();
  const count = writeHistory(log, 20e6);
  const asked = once(server, 'request');
  await askOnly(port);
  await asked;
  const closed = events.close();
  const last = await next();
  expect(last.from).toBe(0);
  for (let known = last.iterations.length; known < count; ) known += (await next()).iterations.length;
  await expect(next()).rejects.toThrow(/has ended/);
  await closed;
});

test('readers above the limit are asked to come back later', async () => {
  const { folder } = history();
  const { port, server } = await eventsServer(folder);
  for (let i = 0; i < 100; i++) {
    const asked = once(server, 'request');
    await askOnly(port);
    await asked;
  }
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect([answer.status, await answer.text()]).toEqual([503, 'too many readers follow this run; close some\n']);
});

/** Memory of a process in kilobytes. */
const residentKB = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

test.skipIf(!measured)(
  'sixty readers that read nothing cost little memory and delay no other reader (MEASURE=1)',
  async () => {
    const { folder, log } = history();
    writeFileSync(join(folder, 'config.json'), JSON.stringify(makeConfig('tiny')));
    const count = writeHistory(log, 23e6);
    const { child, prints, output } = startAzul(['web', folder, '--port=0']);
    onTestFinished(() => void child.kill('SIGKILL'));
    await prints('#run');
    const address = /http:[^#]+/.exec(output())![0];
    const idle = residentKB(child.pid!);
    let highest = idle;
    const watch = setInterval(() => {
      highest = Math.max(highest, residentKB(child.pid!));
    }, 50);
    onTestFinished(() => clearInterval(watch));
    for (let i = 0; i < 60; i++) await askOnly(Number(new URL(address).port));
    const begun = performance.now();
    await readAll(await follow(address), count);
    const elapsed = (performance.now() - begun) / 1000;
    console.log(
      `${(statSync(log.path).size / 1e6).toFixed(1)} MB of history: the reader that reads has it after ${elapsed.toFixed(2)} s; ` +
        `the server holds ${Math.round(highest / 1024)} MB at most, ${Math.round(idle / 1024)} MB before`,
    );
    expect(elapsed).toBeLessThan(10);
    expect(highest - idle).toBeLessThan(300 * 1024);
  },
  120_000,
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
