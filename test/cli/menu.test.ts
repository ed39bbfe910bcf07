import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { azul, expectFailure, folderForTests, menu, SHORTEST } from './processes.js';

const folder = folderForTests();

/** Runs an entry that ends well; what it printed. */
async function entry(number: number, args: string[] = [], input = ''): Promise<string> {
  const { status, stdout, stderr } = await menu([String(number), ...args], { cwd: folder, input });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

describe('component demos print what they measured', () => {
  test('1, loss functions: training lowers them below the yardsticks', async () => {
    const text = await entry(1);
    for (const name of ['policy: cross-entropy', 'value: mean squared error']) {
      const [untrained, trained, yardstick] = text
        .slice(text.indexOf(name) + name.length)
        .trim()
        .split(/\s+/)
        .map(Number);
      expect(untrained).toBeCloseTo(yardstick!, 1);
      expect(trained).toBeLessThan(yardstick!);
    }
    expect(text).toMatch(/temperature 2 +\d\.\d+/);
  });

  test('2, batch sampling', async () => {
    const text = await entry(2);
    expect(text).toContain('sampleBatch() gives null');
    expect(text).toContain('policy     [64, 180]');
    expect(text).toMatch(/A batch out of \d+ positions takes \d+\.\d+ ms/);
  });

  test('3, training step: the loss falls', async () => {
    const text = await entry(3);
    const losses = [...text.matchAll(/^ +\d+ +(\d\.\d{3}) /gm)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(5);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(text).toMatch(/25 steps of batch 64 on the medium network \(\d+ parameters\): \d\.\d+ s/);
  });

  test('4, checkpoints: the newest two and the best are kept, a damaged one is passed over', async () => {
    const text = await entry(4);
    expect(text).toContain('saved iteration 5');
    expect(text).toContain('there are now 2, 4, 5');
    expect(text).toContain('comes back with the same weights');
    expect(text).toContain('is damaged: its checksum is wrong');
    expect(text).toContain('go on from iteration 4. The best is iteration 2.');
  });

  test('5, self-play', async () => {
    const text = await entry(5);
    expect(text).toMatch(/games a second +\d+/);
    expect(text).toContain('The buffer is whole');
  });

  test('0 is all of them', async () => {
    const text = await entry(0);
    const titles = ['Loss functions', 'Batch sampling', 'Training step', 'Checkpoint management', 'Self-play data'];
    const places = titles.map((title) => text.indexOf(title));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  test('7, a loop of fewer than 40 lines that learns', async () => {
    const text = await entry(7);
    expect(text).toMatch(/iteration 5: \d+ positions, loss \d\.\d+/);
    expect(Number(/It scores ([\d.]+) %/.exec(text)![1])).toBeGreaterThan(60);
    expect(readFileSync('examples/customLoop.ts', 'utf8').split('\n').length).toBeLessThan(40);
  });

  test('12, callbacks: they add metrics and stop the run', async () => {
    const text = await entry(12);
    expect(text).toMatch(/iteration 2: .*held-out loss \d\.\d+/);
    expect(text).toMatch(/stopped after \d+ iterations/);
    expect(text).toMatch(/weightNorm +\d+\.\d/);
  });
});

test('13, a loss of your own: each training does best by its own measure', async () => {
  const text = await entry(13);
  const row = (name: string) =>
    new RegExp(`^${name} +([\\d.]+) +([\\d.]+)$`, 'm').exec(text)!.slice(1).map(Number) as [number, number];
  expect(row('mse')[0]).toBeLessThan(row('lowerQuartile')[0]);
  expect(row('lowerQuartile')[1]).toBeLessThan(row('mse')[1]);
});

describe('14, the training step against PyTorch', () => {
  test('says what is missing', async () => {
    expectFailure(await menu(['14', '1', 'no-python']), 1, /no-python can't run the step .* install python3-torch/);
  });

  const hasPytorch = spawnSync('python3', ['-c', 'import torch']).status === 0;
  test.skipIf(!hasPytorch)('both lose the same', async () => {
    const text = await entry(14, ['0.2']);
    expect(text.match(/^ +(64|256|1024) +\d+ +\d+ +\d+\.\d\d +\d\.\de-[5-9] of 4\.\d+$/gm)).toHaveLength(3);
  });
});

describe('entries that are commands', () => {
  beforeAll(async () => {
    expect(await entry(6, [...SHORTEST, '--run', join('runs', 'mine')])).toContain('azul play latest:runs/mine');
  }, 60_000);

  test('8, full training', async () => {
    const text = await entry(8, [...SHORTEST, '--run', 'elsewhere']);
    expect(text).toContain('elsewhere: 2 players, small network');
    expect(text).toContain('Done.');
  });

  test('9, resume: the newest run', async () => {
    expect(await entry(9)).toContain('runs/mine: 2 players, small network');
  });

  test('10, evaluate: the best of the newest run', async () => {
    const text = await entry(10, ['--pairs', '1']);
    expect(text).toContain('best,sims=64 │ greedy');
    expect(text).toContain('best,sims=64 │ random');
  });

  test('11, play: the newest run', async () => {
    expect(await entry(11, ['--sims', '8'], 'quit\n')).toContain('against latest: 8 simulations a move');
  });

  test('the status of a command that fails comes through', async () => {
    expectFailure(await menu(['9', 'nosuch'], { cwd: folder }), 1, /there is no run in nosuch/);
    expectFailure(await menu(['6', '--nosuch'], { cwd: folder }), 2, /unknown option '--nosuch'/);
  });
});

test('an entry that is none', async () => {
  for (const number of ['15', '-1', 'six', '1.0']) {
    expectFailure(await menu([number]), 2, /there is no entry .*; choose from 0 to 14/);
  }
});

test('without a terminal and an entry: the list, and how to choose', async () => {
  const ended = await menu([]);
  expectFailure(ended, 2, /name an entry: npm start -- 6/);
  expect(ended.stdout.trimEnd().split('\n')).toHaveLength(15);
});

test('examples import nothing but the library, Node and the prompts', () => {
  for (const name of readdirSync('examples')) {
    const sources = [...readFileSync(join('examples', name), 'utf8').matchAll(/ from '(.+)';/g)].map(
      ([, from]) => from!,
    );
    for (const from of sources)
      expect(from).toMatch(/^(node:.+|\.\.\/src\/index\.js|@inquirer\/prompts|\.\/someGames\.js)$/);
  }
});

test('azul is a function of the library', async () => {
  expect(typeof (await import('../../src/index.js')).azul).toBe('function');
  expect((await azul(['--version'])).status).toBe(0);
});
