/** The server configuration that we ship: TLS, and the permissions of each role. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fleetStatus } from '../../src/fleet/status.js';
import { hashOf, WeightStore } from '../../src/fleet/weights.js';
import { packageRoot } from '../../src/paths.js';
import { azul, type Running, start } from '../cli/processes.js';
import { hasServer, type Server, startServer } from './server.js';

const PASSWORDS = {
  AZUL_LEARNER: 'learner-password',
  AZUL_WORKER_1: 'first-password',
  AZUL_WORKER_2: 'second-password',
  AZUL_OBSERVER: 'observer-password',
};
const USERS = {
  learner: PASSWORDS.AZUL_LEARNER,
  'worker-1': PASSWORDS.AZUL_WORKER_1,
  'worker-2': PASSWORDS.AZUL_WORKER_2,
  observer: PASSWORDS.AZUL_OBSERVER,
};
type User = keyof typeof USERS;

const main = fileURLToPath(new URL('dist/src/cli/main.js', packageRoot));

describe.runIf(hasServer)('the shipped server configuration', () => {
  let folder: string;
  let server: Server | undefined;
  let url: string;
  let ca: string;
  let run: Running | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'azul-tls-'));
    ca = join(folder, 'server.pem');
    const key = join(folder, 'server.key');
    // A self-signed certificate is its own authority.
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=azul', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', ca],
    ]);
    Object.assign(process.env, PASSWORDS, { AZUL_TLS_CERT: ca, AZUL_TLS_KEY: key, AZUL_STORE: folder });
    server = await startServer(['-c', fileURLToPath(new URL('deploy/nats.conf', packageRoot))]);
    url = server.url.replace('nats://127.0.0.1', 'tls://localhost');
    const settings = ['iterations=1', 'selfPlay.workers=0', 'selfPlay.gamesPerIteration=12', 'evaluation.every=0'];
    const args = settings.flatMap((setting) => ['--set', setting]);
    run = as('learner', ['train', '--preset', 'tiny', ...args, '--run', join(folder, 'run'), '--fleet', url]);
  });
  afterAll(async () => {
    run?.child.kill('SIGKILL');
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts azul with a user's credentials. */
  function as(user: User, args: string[], password = USERS[user]): Running {
    const environment = [`NATS_USER=${user}`, `NATS_PASSWORD=${password}`, `NATS_CA=${ca}`];
    return start('env', [...environment, main, ...args], folder);
  }

  async function connected(user: User): Promise<NatsConnection> {
    const nc = await connect({
      servers: url,
      user,
      pass: USERS[user],
      tls: { caFile: ca },
      inboxPrefix: `_INBOX.${user}`,
    });
    onTestFinished(() => nc.close());
    return nc;
  }

  /** The server's error for an action, or "allowed". */
  async function refusal(nc: NatsConnection, act: () => Promise<unknown>): Promise<string> {
    const said: string[] = [];
    void (async () => {
      for await (const status of nc.status()) if (status.type === 'error') said.push(String(status.error));
    })();
    const outcome = await act().then(
      () => 'allowed',
      (error: Error) => `${error.name}: ${error.message}`,
    );
    await nc.flush();
    return [outcome, ...said].join('; ');
  }

  test('lets a worker play a run, under its own name', async () => {
    const worker = as('worker-1', ['worker', url, '--threads', '1']);
    const { status, stderr } = await run!.ended;
    expect(stderr).toBe('');
    expect(status).toBe(0);
    worker.child.kill('SIGTERM');
    const ended = await worker.ended;
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(/^worker-1: stopped after 1[2-9] games/m);
  });

  test('lets a worker do nothing else', async () => {
    const nc = await connected('worker-1');
    const weights = new Float32Array(8);
    const store = await WeightStore.open(nc);
    const acts: Record<string, () => Promise<unknown>> = {
      'write weights': () => store.put('run', weights, hashOf(weights)),
      'hand in games under another name': () => jetstream(nc).publish('azul.play.run.worker-2', new Uint8Array(8)),
      'queue work': () => jetstream(nc).publish('azul.work.play.run.key', new Uint8Array(8)),
      'show itself as another': async () =>
        (await new Kvm(nc).open('azul_workers', { bindOnly: true })).put('worker-2', '{}'),
      'forgive itself': async () => (await new Kvm(nc).open('azul_refused', { bindOnly: true })).delete('worker-1'),
      'make a stream': () => nc.request('$JS.API.STREAM.CREATE.MINE', '{}', { timeout: 500 }),
      'delete a stream': () => nc.request('$JS.API.STREAM.DELETE.AZUL_RESULTS', '', { timeout: 500 }),
      'read results': () => nc.request('$JS.API.STREAM.MSG.GET.AZUL_RESULTS', '{"seq":1}', { timeout: 500 }),
    };
    for (const [what, act] of Object.entries(acts)) {
      expect(await refusal(nc, act), what).toMatch(/permissions? violation/i);
    }
  });

  test('lets no worker read the messages to others', async () => {
    const nc = await connected('worker-1');
    for (const subject of ['_INBOX.worker-2.>', '_INBOX.learner.>', '_INBOX.>', '>', 'azul.play.>']) {
      const subscription = nc.subscribe(subject);
      const ended = (async () => {
        for await (const message of subscription) return message.subject;
        return 'nothing';
      })();
      await expect(ended, subject).rejects.toThrow(/permissions violation/i);
    }
  });

  test('shows the fleet to an observer, and allows no more', async () => {
    const { NATS_USER, NATS_PASSWORD, NATS_CA } = process.env;
    Object.assign(process.env, { NATS_USER: 'observer', NATS_PASSWORD: USERS.observer, NATS_CA: ca });
    try {
      expect(await fleetStatus({ url })).toMatchObject({ queued: 0, playing: 0 });
    } finally {
      for (const [name, value] of Object.entries({ NATS_USER, NATS_PASSWORD, NATS_CA }))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
    const nc = await connected('observer');
    expect(await refusal(nc, () => jetstream(nc).publish('azul.play.run.worker-1', 'x'))).toMatch(
      /permissions? violation/i,
    );
  });

  test('refuses wrong passwords and unknown certificates in one line', async () => {
    const { status, stderr } = await as('worker-1', ['worker', url], 'wrong').ended;
    expect(stderr).toMatch(/^azul: tls:\S+ refuses these credentials; name others [^\n]+\n$/);
    expect(status).toBe(1);
    const stranger = await azul(['worker', url]);
    expect(stranger.stderr).toMatch(/^azul: the certificate of tls:\S+ is not trusted [^\n]+\n$/);
    expect(stranger.status).toBe(1);
  });
});
