import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FitHistory } from '../../src/cli/fit/fitFiles.js';
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

test('makes a model from a run’s games, reports each epoch, and does not change the run', async () => {
  const before = readFileSync(join(folder, 'run/replay.db'));
  const { status, stdout, stderr } = await azul(['fit', 'run', ...QUICK], { cwd: folder });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/2 players, small network of .* positions to train on, \d+ held out; \d+ steps an epoch/);
  const heads = /\((policy -?\+?\d.*, value .*, margin .*, ownership .*)\)/.source;
  expect(stdout).toMatch(/epoch 1\/2 · learning rate 0\.\d+ · gradient norm \d+\.\d\d · \d+ s · the best so far/);
  expect(stdout).toMatch(new RegExp(`  training \\d.*${heads} · accuracy .* %`));
  expect(stdout).toMatch(new RegExp(`  held out \\d.*${heads} · accuracy .* %`));
  expect(stdout).toMatch(
    new RegExp(`  gap [+-]\\d.*${heads} · (well balanced|underfitting|(moderate|high) overfitting)`),
  );
  expect(stdout).toMatch(/Done\. The best was epoch [12], .*azul evaluate fit\.onnx greedy measures it/);
  expect(readFileSync(join(folder, 'run/replay.db'))).toEqual(before);
  const match = await azul(['evaluate', 'fit.onnx,sims=8', 'random', '--pairs', '5'], { cwd: folder });
  expect(match.status).toBe(0);
  expect(Number(/([\d.]+) %/.exec(match.stdout)![1])).toBeGreaterThan(50);
});

test('writes its history, its last weights and a report beside the model', () => {
  const history = JSON.parse(readFileSync(join(folder, 'fit.history.json'), 'utf8')) as FitHistory;
  const { epochs } = history;
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(history.trainLoss).toEqual(epochs.map(({ training }) => training.loss));
  expect(history.validationLoss).toEqual(epochs.map(({ validation }) => validation.loss));
  expect(history.trainMetric).toEqual(epochs.map(({ training }) => training.policyAccuracy));
  expect(history.validationMetric).toEqual(epochs.map(({ validation }) => validation.policyAccuracy));
  expect(history.learningRates).toEqual(epochs.map(({ learningRate }) => learningRate));
  expect(history.gradientNorms).toEqual(epochs.map(({ training }) => training.gradientNorm));
  expect(Math.min(...history.epochSeconds)).toBeGreaterThan(0);
  const [best, last] = ['fit.onnx', 'fit.last.onnx'].map((name) => readFileSync(join(folder, name)));
  expect(best!.equals(last!)).toBe(epochs.at(-1)!.isBest);
  expect(readFileSync(join(folder, 'fit.html'), 'utf8')).toContain('id="data"');
  expect(existsSync(join(folder, 'fit.checkpoints'))).toBe(false);
});

test('a killed fit continues with the same command, and ends with the same bits', async () => {
  const args = (name: string) => [
    ...['fit', 'run', '--out', `${name}.onnx`, '--epochs=4', '--patience=9', '--set=validation.fraction=0.4'],
    ...['--set=training.schedule=plateau', '--set=training.patience=0', '--set=training.averageDecay=0.9'],
  ];
  expect((await azul(args('whole'), { cwd: folder })).status).toBe(0);
  const { child, ended, prints } = startAzul(args('killed'), folder);
  await prints('epoch 2/4');
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(join(folder, 'killed.checkpoints'))).toBe(true);
  const other = await azul([...args('killed'), '--set=training.batchSize=32'], { cwd: folder });
  expectFailure(other, 2, /killed\.checkpoints is of a fit whose training\.batchSize is 64, not 32; give the same/);
  const { status, stdout } = await azul(args('killed'), { cwd: folder });
  expect(status).toBe(0);
  expect(stdout).toMatch(/resumed after epoch [23]\nepoch [34]\/4/);
  for (const end of ['.onnx', '.last.onnx']) {
    expect(readFileSync(join(folder, `killed${end}`)).equals(readFileSync(join(folder, `whole${end}`)))).toBe(true);
  }
  const losses = (name: string) =>
    (JSON.parse(readFileSync(join(folder, `${name}.history.json`), 'utf8')) as FitHistory).validationLoss;
  expect(losses('killed')).toEqual(losses('whole'));
  expect(existsSync(join(folder, 'killed.checkpoints'))).toBe(false);
  expectFailure(await azul(args('killed'), { cwd: folder }), 2, /killed\.onnx exists already/);
});

test('compares values of a setting over several seeds, and repeats no finished fit', async () => {
  const args = [...['fit', 'run', '--out=two.onnx', ...QUICK], '--compare=training.optimizer=sgd,adamw', '--seeds=2'];
  const { status, stdout, stderr } = await azul(args, { cwd: folder });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const rows = stdout.split('\n').filter((line) => line.startsWith('│'));
  expect(rows.map((row) => row.split('│')[1]!.trim().split(' ')[0])).toEqual(['training.optimizer', 'sgd', 'adamw']);
  expect(rows[2]).toMatch(/adamw \(best\) +│ +\d\.\d+ ± \d\.\d+ │.*two-3\.onnx two-4\.onnx/);
  const history = (n: number) => JSON.parse(readFileSync(join(folder, `two-${n}.history.json`), 'utf8')) as FitHistory;
  expect([1, 2, 3, 4].map((n) => [history(n).config.training.optimizer, history(n).config.seed])).toEqual([
    ['sgd', 1],
    ['sgd', 2],
    ['adamw', 1],
    ['adamw', 2],
  ]);
  const page = readFileSync(join(folder, 'two.html'), 'utf8');
  const { kind, variants } = JSON.parse(/type="application\/json">(.*?)<\/script>/s.exec(page)![1]!);
  expect(kind).toBe('comparison');
  expect(variants.map(({ histories }: { histories: unknown[][] }) => histories.map(({ length }) => length))).toEqual([
    [2, 2],
    [2, 2],
  ]);
  const again = await azul(args, { cwd: folder });
  expect(again.stdout.match(/done already/g)).toHaveLength(4);
  expect(again.stdout.split('\n').filter((line) => line.startsWith('│'))).toEqual(rows);
  expectFailure(await azul([...args, '--epochs=3'], { cwd: folder }), 2, /two-1\.onnx was fitted with other --epochs/);
});

test('a buffer without a run is enough, with any network', async () => {
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

test('stops as the configuration says, unless the command line says otherwise', async () => {
  const settings = ['--set=validation.fraction=0.4', '--set=monitor.patience=1', '--set=monitor.minDelta=100'];
  const epochsOf = async (name: string, ...flags: string[]) => {
    const line = ['fit', 'run', ...settings, '--epochs=4', '--out', `${name}.onnx`, ...flags];
    expect((await azul(line, { cwd: folder })).status).toBe(0);
    return (JSON.parse(readFileSync(join(folder, `${name}.history.json`), 'utf8')) as FitHistory).epochs.length;
  };
  expect(await epochsOf('configured')).toBe(2);
  expect(await epochsOf('patient', '--patience=2')).toBe(3);
});

test('Ctrl-C keeps the best model so far', async () => {
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
  expect(stdout).toMatch(
    /Stopped, and saved: the same command goes on\. The best was epoch \d+.*azul play stopped\.onnx/,
  );
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
    [
      'run --compare training.optimizer=sgd',
      2,
      /--compare 'training\.optimizer=sgd' is not of the form section\.field=value/,
    ],
    ['run --compare training.optimizer=sgd,nosuch', 2, /field training\.optimizer: /],
    ['run --seeds 2 --out model.bin', 2, /--out model\.bin: a model is a \.onnx file/],
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
