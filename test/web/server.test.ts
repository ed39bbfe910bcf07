import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isOurs, serveWeb } from '../../src/cli/pages/webServer.js';
import { makeConfig } from '../../src/training/config/config.js';
import { MetricsLog } from '../../src/training/run/metricsLog.js';
import { expectFailure, startAzul } from '../cli/processes.js';
import { metrics, temporaryFolder } from '../training/helpers.js';

/** A run with three iterations, and a private file in its folder. */
function runFolder(): string {
  const folder = join(temporaryFolder(), 'a-run');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(makeConfig('tiny')));
  writeFileSync(join(folder, 'replay.db'), 'secret');
  const log = new MetricsLog(join(folder, 'metrics.jsonl'));
  for (const i of [1, 2, 3]) log.append(metrics(i));
  return folder;
}

async function served(run?: string) {
  const server = await serveWeb({ host: '127.0.0.1', port: 0 }, run);
  onTestFinished(() => server.close());
  const { port } = new URL(server.address);
  /** Sends a request with exactly this path, without normalisation. */
  const ask = (path: string, { method = 'GET', headers = {} }: { method?: string; headers?: object } = {}) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, path, method, headers: { ...headers } });
      request.on('error', reject);
      request.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      });
      request.end();
    });
  return { ...server, port, ask };
}

describe('the page', () => {
  test('has headers that stop it from loading anything from elsewhere', async () => {
    const { ask } = await served();
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = headers['content-security-policy'];
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    const assets = [...body.matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) {
      const asset = await ask(path);
      expect(asset.status, path).toBe(200);
      expect(asset.headers['content-type'], path).not.toMatch(/octet-stream|html/);
      expect(asset.headers['content-security-policy'], path).toBe(policy);
    }
  });

  test('has no body for a client that has it already, nor for HEAD', async () => {
    const { ask } = await served();
    const { headers, body } = await ask('/index.html');
    const again = await ask('/', { headers: { 'If-None-Match': headers.etag } });
    expect([again.status, again.body]).toEqual([304, '']);
    const head = await ask('/', { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(body));
  });

  test('reports that there is no run if none is named', async () => {
    const { ask } = await served();
    expect((await ask('/api/run')).body.trim()).toBe('null');
    expect((await ask('/api/run/events')).status).toBe(404);
    expect((await ask('/api/run/game')).status).toBe(404);
  });
});

describe('other requests', () => {
  const OTHERS = [
    '/nothing',
    '/assets',
    '/assets/',
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../../package.json',
    '/.gitignore',
    '/..\\..\\package.json',
    '//etc/passwd',
    '/%00',
    '/index.html%00.js',
    '/%',
    '/replay.db',
    '/metrics.jsonl',
    '/api/run/replay.db',
    '/api/run/../config.json',
    '/api/run/',
    '/api',
    '/__proto__',
    '/constructor',
  ];

  test.each(OTHERS)('%s is not found, and the answer shows no path or stack', async (path) => {
    const { ask } = await served(runFolder());
    const { status, body, headers } = await ask(path);
    expect([status, body]).toEqual([404, 'not found\n']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  });

  test('a request that names a whole address is not found', async () => {
    const { ask } = await served(runFolder());
    for (const path of ['http://127.0.0.1/', 'http://elsewhere.example/', '*']) {
      expect((await ask(path)).status, path).toBe(404);
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s is refused', async (method) => {
    const { ask } = await served(runFolder());
    for (const path of ['/', '/api/run', '/api/run/events']) {
      const { status, headers } = await ask(path, { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('an invalid range ends nothing', async () => {
    const { ask } = await served();
    for (const range of ['bytes=9-2', 'bytes=-', 'bytes=999999999-', 'rubbish']) {
      expect((await ask('/', { headers: { Range: range } })).status, range).toBe(200);
    }
  });
});

describe('the host name', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '192.168.1.20'])('%s is accepted', async (name) => {
    expect(isOurs(`${name}:2985`, '127.0.0.1')).toBe(true);
    const { ask } = await served(runFolder());
    expect((await ask('/api/run', { headers: { Host: name } })).status).toBe(200);
  });

  const STRANGERS = [
    'rebinding.example',
    'localhost.rebinding.example',
    '127.0.0.1.rebinding.example:2985',
    'someone@127.0.0.1',
    '127.0.0.1@rebinding.example',
    '0x7f000001',
    '2130706433',
    '127.0.0.1:x',
    '[not::an::address]',
  ];
  test.each(STRANGERS)('%j is refused', async (name) => {
    const { ask } = await served(runFolder());
    for (const path of ['/', '/api/run', '/api/run/events', '/nothing']) {
      const { status, body } = await ask(path, { headers: { Host: name } });
      expect(status, path).toBe(403);
      expect(body).not.toMatch(/a-run|<html/);
    }
  });

  test('the name that --host gives is accepted', () => {
    expect(isOurs('workshop:2985', 'workshop')).toBe(true);
    expect(isOurs('Workshop', 'workshop')).toBe(true);
    expect(isOurs('workshop', '127.0.0.1')).toBe(false);
    expect(isOurs(undefined, '127.0.0.1')).toBe(false);
  });
});

describe('a run', () => {
  test('is sent with its configuration and the meaning of the fields, and without its path', async () => {
    const folder = runFolder();
    const { ask } = await served(folder);
    const { body, headers } = await ask('/api/run');
    expect(headers['content-type']).toBe('application/json');
    const { name, config, meanings } = JSON.parse(body) as Record<string, unknown>;
    expect(name).toBe('a-run');
    expect(config).toEqual(makeConfig('tiny'));
    expect(meanings).toContainEqual(['players', expect.stringMatching(/Seats/)]);
    expect(body).not.toContain(folder);
  });

  test('has no game before one has ended, then the latest one', async () => {
    const folder = runFolder();
    const { ask } = await served(folder);
    expect((await ask('/api/run/game')).body).toBe('null');
    for (const game of ['{"number":1}', '{"number":2}']) {
      writeFileSync(join(folder, 'latest-game.json'), game);
      expect((await ask('/api/run/game')).body).toBe(game);
    }
  });
});

describe('azul web', () => {
  test('prints where it serves, and ends on an interrupt', async () => {
    const running = startAzul(['web', runFolder(), '--port=0']);
    await running.prints('Ctrl-C');
    running.child.kill('SIGINT');
    const { status, stdout, stderr } = await running.ended;
    expect(stdout).toMatch(/^The dashboard of \S+ is at http:\/\/127\.0\.0\.1:\d+\/#run\n/);
    expect([status, stderr]).toEqual([130, '']);
  });

  test('ends on an interrupt while a page is open', async () => {
    const running = startAzul(['web', runFolder(), '--port=0']);
    await running.prints('Ctrl-C');
    const [address] = /http:\S+/.exec(running.output())!;
    const answer = await fetch(new URL('/api/run/events', address));
    running.child.kill('SIGINT');
    expect(await answer.text()).toMatch(/^retry: /);
    expect((await running.ended).status).toBe(130);
  });

  test('a port in use, an invalid host and a missing run are reported in one line each', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const folder = join(temporaryFolder(), 'new');
    expectFailure(await startAzul(['web', `--port=${port}`]).ended, 2, /in use; name another with --port/);
    expectFailure(await startAzul(['web', '--host=256.1.1.1', '--port=0']).ended, 2, /name an address of this machine/);
    expectFailure(await startAzul(['web', folder]).ended, 1, /there is no run in /);
    expectFailure(await startAzul(['train', `--run=${folder}`, `--port=${port}`]).ended, 2, /in use/);
    expect(existsSync(folder)).toBe(false);
  });
});
