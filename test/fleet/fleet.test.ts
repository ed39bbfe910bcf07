/** Runs on a fleet, with real processes and a real server. The final weights do not depend on who played which game. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectTo } from '../../src/fleet/connect.js';
import { workSubject } from '../../src/fleet/names.js';
import { setUp } from '../../src/fleet/setUp.js';
import { hashOf, WeightStore } from '../../src/fleet/weights.js';
import { azul, folderForTests, type Running, startAzul } from '../cli/processes.js';
import { hasServer, type Server, startServer } from './server.js';

const ITERATIONS = 3;
const SETTINGS = Object.entries({
  'evaluation.every': ITERATIONS,
  'evaluation.pairs': 4,
  'evaluation.opponents': '["greedy"]',
  iterations: ITERATIONS,
  'selfPlay.gamesPerIteration': 24,
  'training.minPositions': 200,
}).flatMap(([field, value]) => ['--set', `${field}=${value}`]);

describe.runIf(hasServer)('a fleet', { timeout: 240_000 }, () => {
  const folder = folderForTests();
  let server: Server;
  let expected: string;

  beforeAll(async () => {
    server = await startServer();
    const { status, stderr } = await azul(['train', '--preset', 'tiny', ...SETTINGS, '--run', 'alone'], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expected = result('alone');
  });
  afterAll(() => server.stop());

  /** A hash of a run's final weights. */
  function result(run: string): string {
    const model = readFileSync(join(folder, run, `checkpoints/00000${ITERATIONS}/model.onnx`));
    return hashOf(new Float32Array(Uint8Array.from(model.subarray(0, model.length & ~3)).buffer));
  }

  function worker(name: string, ...flags: string[]): Running {
    const running = startAzul(['worker', server.url, '--threads', '1', '--name', name, ...flags], folder);
    onTestFinished(() => void running.child.kill('SIGKILL'));
    return running;
  }

  function learner(command: string[], ...flags: string[]): Running {
    const running = startAzul([...command, ...flags, '--fleet', server.url], folder);
    onTestFinished(() => void running.child.kill('SIGKILL'));
    return running;
  }

  const train = (run: string, workers = 0) =>
    learner(['train', '--preset', 'tiny', '--run', run, ...SETTINGS, '--set', `selfPlay.workers=${workers}`]);

  test('ends with the same weights as one machine, though workers and the server are killed', async () => {
    const first = worker('killed-1');
    const second = worker('killed-2');
    const run = train('killed');
    await first.prints('waiting for a learner');
    await run.prints('iteration 1/');
    first.child.kill('SIGKILL');
    worker('late');
    await server.restart();
    await run.prints('iteration 2/');
    second.child.kill('SIGKILL');
    worker('later');
    expect((await run.ended).status).toBe(0);
    expect(result('killed')).toBe(expected);
  });

  test('ends with the same weights where the learner plays alone, is killed, and is resumed', async () => {
    const run = train('resumed', 1);
    await run.prints('iteration 1/');
    run.child.kill('SIGKILL');
    await run.ended;
    const again = learner(['resume', 'resumed']);
    expect((await again.ended).stderr).toBe('');
    expect(result('resumed')).toBe(expected);
  });

  test('is not delayed by a suspended worker', async () => {
    const workers = [1, 2, 3, 4].map((n) => worker(`stops-${n}`));
    const run = train('stopped');
    await run.prints('iteration 1/');
    workers[0]!.child.kill('SIGSTOP');
    expect((await run.ended).status).toBe(0);
    expect(result('stopped')).toBe(expected);
  });

  test('allows one learner for each run', async () => {
    const player = worker('two-learners');
    const run = train('led', 0);
    await player.prints('two-learners: 1 thread');
    await run.prints('led: ');
    const { job } = JSON.parse(readFileSync(join(folder, 'led/fleet.json'), 'utf8'));
    cpSync(join(folder, 'alone'), join(folder, 'copy'), { recursive: true });
    writeFileSync(join(folder, 'copy/fleet.json'), JSON.stringify({ job }));
    const second = await learner(['resume', 'copy']).ended;
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(/^azul: led-\w+ is led by .*led; stop that one first, or wait 20 s/);
    expect((await run.ended).status).toBe(0);
    expect(result('led')).toBe(expected);
  });

  test('lists its workers', async () => {
    const player = worker('shown');
    await player.prints('shown: 1 thread');
    const run = train('watched');
    await run.prints('iteration 1/');
    const { stdout } = await azul(['fleet', server.url, '--json'], { cwd: folder });
    const { workers, jobs } = JSON.parse(stdout);
    expect(workers).toContainEqual(expect.objectContaining({ name: 'shown', threads: 1, version: '0.1.0' }));
    expect(jobs).toContainEqual(expect.objectContaining({ job: expect.stringMatching(/^watched-/) }));
    expect((await azul(['fleet', server.url], { cwd: folder })).stdout).toMatch(/shown .* 0\.1\.0/);
    expect((await run.ended).status).toBe(0);
    player.child.kill('SIGTERM');
    const { status, stdout: printed } = await player.ended;
    expect(status).toBe(0);
    expect(printed).toMatch(/stopped after \d+ games/);
  });

  test('refuses a worker of another version in one line', async () => {
    const other = await startServer();
    onTestFinished(() => other.stop());
    const nc = await connectTo({ url: other.url });
    await setUp(nc);
    const work = JSON.stringify({ version: '9.9.9', kind: 'play' });
    await jetstream(nc).publish(workSubject('play', 'later-run', 'key'), work);
    const { status, stderr } = await azul(['worker', other.url, '--threads', '1'], { cwd: folder });
    await nc.close();
    expect(status).toBe(1);
    expect(stderr).toBe('azul: the fleet plays with version 9.9.9 of azul, and this is 0.1.0; install that version\n');
  });

  test('replaces damaged weights on the server', async () => {
    const run = train('mended');
    await run.prints('mended: ');
    const { job } = JSON.parse(readFileSync(join(folder, 'mended/fleet.json'), 'utf8'));
    const nc = await connectTo({ url: server.url });
    const store = await WeightStore.open(nc);
    // The weights of the first iteration arrive soon after the line above.
    await expect.poll(() => store.hashesOf(job), { timeout: 20_000 }).toHaveLength(1);
    const [hash] = await store.hashesOf(job);
    await store.put(job, new Float32Array(8), hash);
    await expect(store.get(job, hash!)).rejects.toThrow(/are damaged/);
    worker('mends');
    expect((await run.ended).status).toBe(0);
    expect(result('mended')).toBe(expected);
    await nc.close();
  });

  test('plays a tournament with the same result as one machine', async () => {
    worker('plays');
    const players = ['heuristic:sims=8', 'greedy', 'best:alone,sims=8'];
    const command = ['evaluate', ...players, '--pairs', '6', '--json'];
    const alone = await azul(command, { cwd: folder });
    const spread = await learner(command).ended;
    expect(spread.stderr).toBe('');
    expect(JSON.parse(spread.stdout)).toEqual(JSON.parse(alone.stdout));
  });
});

describe("a fleet that can't be used", () => {
  test.each([
    ['fleet localhost', /^azul: 'localhost' is no address of a fleet; write nats:/, 2],
    ['worker http://localhost', /^azul: 'http:\/\/localhost' is no address of a fleet/, 2],
    ['fleet nats://me:secret@localhost', /^azul: the address of a fleet holds no password/, 2],
    ['fleet nats://127.0.0.1:1', /^azul: no server answers at nats:\/\/127\.0\.0\.1:1 /, 1],
    ['fleet nats://127.0.0.1:1 --creds missing.creds', /^azul: cannot read the credentials missing\.creds: /, 2],
    ['worker nats://127.0.0.1:1 --name a.b', /^azul: a worker can't be named 'a\.b'/, 2],
  ])('%s: one line', async (command, message, expected) => {
    const { status, stderr } = await azul(command.split(' '));
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(expected);
  });

  test.runIf(hasServer)('a server without JetStream: one line', async () => {
    const server = await startServer([]);
    onTestFinished(() => server.stop());
    for (const command of ['fleet', 'worker']) {
      const { status, stderr } = await azul([command, server.url]);
      expect(stderr).toBe(`azul: the server at ${server.url} runs without JetStream; start nats-server with -js\n`);
      expect(status).toBe(1);
    }
  });

  test.runIf(hasServer)('a wrong password: one line', async () => {
    const server = await startServer(['-js', '--user', 'me', '--pass', 'right']);
    onTestFinished(() => server.stop());
    const { status, stderr } = await azul(['fleet', server.url]);
    expect(stderr).toMatch(/^azul: nats:\S+ refuses these credentials; name others with --creds/);
    expect(status).toBe(1);
  });
});
