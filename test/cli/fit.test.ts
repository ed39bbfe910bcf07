import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../src/database.js';
import { ReplayBuffer } from '../../src/training/data/replayBuffer.js';
import { azul, expectFailure, folderForTests, SHORTEST, startAzul } from './processes.js';

const folder = folderForTests();
const QUICK = ['--set=validation.fraction=0.4', '--epochs=2'];

beforeAll(async () => {
  const training = ['--set=selfPlay.gamesPerIteration=24', '--set=evaluation.every=0', '--run', 'run'];
  expect((await azul(['train', ...SHORTEST, ...training], { cwd: folder })).status).toBe(0);
  new ReplayBuffer(join(folder, 'empty.db'), 3).close();
  const other = new Database(join(folder, 'other.db'));
  other.exec('CREATE TABLE letters (text)');
  other.close();
  writeFileSync(join(folder, 'text.db'), 'these are no games '.repeat(100));
  writeFileSync(join(folder, 'cut.json'), '{');
  writeFileSync(join(folder, 'there.onnx'), 'a model');
}, 60_000);

test('makes a model out of a run’s games, tells of each epoch, and leaves the run as it was', async () => {
  const before = readFileSync(join(folder, 'run/replay.db'));
  const { status, stdout, stderr } = await azul(['fit', 'run', ...QUICK], { cwd: folder });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/2 players, small network of .* positions to train on, \d+ held out; \d+ steps an epoch/);
  expect(stdout).toMatch(/epoch 1\/2 · loss \d.* · held out \d.* · the best so far/);
  expect(stdout).toMatch(/Done\. The best was epoch [12], .*azul evaluate fit\.onnx greedy measures it/);
  expect(readFileSync(join(folder, 'run/replay.db'))).toEqual(before);
  const match = await azul(['evaluate', 'fit.onnx,sims=8', 'random', '--pairs', '5'], { cwd: folder });
  expect(match.status).toBe(0);
  expect(Number(/([\d.]+) %/.exec(match.stdout)![1])).toBeGreaterThan(50);
});

test('a buffer alone does, with a network of choice', async () => {
  cpSync(join(folder, 'run/replay.db'), join(folder, 'games.db'));
  const args = [
    'fit',
    'games.db',
    '--out',
    'wide.onnx',
    ...QUICK,
    '--set=network=small',
    '--set=training.batchSize=64',
  ];
  const { status, stdout } = await azul(args, { cwd: folder });
  expect(status).toBe(0);
  expect(stdout).toContain('azul play wide.onnx');
});

test('Ctrl-C keeps the best so far', async () => {
  const args = [
    'fit',
    'run',
    '--out',
    'stopped.onnx',
    '--set=validation.fraction=0.4',
    '--epochs=100000',
    '--patience=100000',
  ];
  const { child, ended, prints } = startAzul(args, folder);
  await prints('epoch 2/');
  child.kill('SIGINT');
  const { status, stdout } = await ended;
  expect(stdout).toMatch(/Stopped\. The best was epoch \d+.*azul play stopped\.onnx/);
  expect(status).toBe(130);
  expect((await azul(['evaluate', 'stopped.onnx,sims=0', 'random', '--pairs', '1'], { cwd: folder })).status).toBe(0);
});

describe('refuses in one line', () => {
  const cases: [line: string, status: number, message: RegExp][] = [
    ['nosuch', 1, /there is no replay buffer nosuch; name the folder of a run, or its replay\.db/],
    ['.', 1, /there is no replay buffer replay\.db; name the folder of a run/],
    ['text.db', 1, /text\.db is not a replay buffer, or is damaged; name the folder of a run/],
    ['other.db', 1, /other\.db is not a replay buffer, or is damaged/],
    ['empty.db', 1, /empty\.db holds no games to train on/],
    ['run --set players=3', 1, /replay\.db holds games of 2 players, not 3/],
    ['run --set validation.fraction=0', 1, /too few games to hold some out: validation\.fraction is 0; raise it/],
    ['run --set nosuch=1', 2, /field nosuch: there is no such field/],
    ['run --config cut.json', 2, /cannot read the configuration cut\.json/],
    ['run --out there.onnx', 2, /there\.onnx exists already; name another file with --out/],
    ['run --out model.bin', 2, /--out model\.bin: a model is a \.onnx file/],
    ['run --out nosuch/m.onnx', 2, /cannot write nosuch\/m\.onnx: ENOENT.*name another file with --out/],
    ['run --epochs 0', 2, /It must be a whole number from 1/],
    ['run --min-delta -1', 2, /It must be a number from 0/],
    ['', 2, /missing required argument 'replay'/],
  ];
  test.concurrent.each(cases)('azul fit %s', async (line, status, message) => {
    const before = readFileSync(join(folder, 'there.onnx'), 'utf8');
    const args = line.split(' ').filter(Boolean);
    const out = line.includes('--out') || args.length === 0 ? [] : ['--out', 'unwritten.onnx'];
    expectFailure(await azul(['fit', ...args, ...out], { cwd: folder }), status, message);
    expect(readFileSync(join(folder, 'there.onnx'), 'utf8')).toBe(before);
    expect(existsSync(join(folder, 'unwritten.onnx'))).toBe(false);
  });

  test('a run that is being trained', async () => {
    const { child, ended, prints } = startAzul(
      ['train', '--preset=tiny', '--set=iterations=0', '--run', 'busy'],
      folder,
    );
    await prints('iteration 1');
    expectFailure(
      await azul(['fit', 'busy', '--out', 'busy.onnx'], { cwd: folder }),
      1,
      /replay\.db is in use by another/,
    );
    child.kill('SIGINT');
    await ended;
    rmSync(join(folder, 'busy'), { recursive: true });
  });
});
