import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { azul, expectFailure, folderForTests, menu, menuPath, SHORTEST, start } from './processes.js';
import { pythonWith } from './python.js';

const folder = folderForTests();

/** The child of a process. */
function childOf(pid: number): number {
  return Number(execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }));
}

/** Runs an entry that succeeds, and returns what it printed. */
async function entry(number: number, args: string[] = [], input = ''): Promise<string> {
  const { status, stdout, stderr } = await menu([String(number), ...args], { cwd: folder, input });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

describe('component demos print what they measured', () => {
  test('9, loss functions: training lowers them below the baselines', async () => {
    const text = await entry(9);
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

  test('10, batch sampling', async () => {
    const text = await entry(10);
    expect(text).toContain('sampleBatch() gives null');
    expect(text).toContain('policy     [64, 180]');
    expect(text).toMatch(/A batch from \d+ positions takes \d+\.\d+ ms/);
  });

  test('11, training step: the loss falls', async () => {
    const text = await entry(11);
    const losses = [...text.matchAll(/^ +\d+ +(\d\.\d{3}) /gm)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(5);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(text).toMatch(/25 steps of batch 64 on the medium network \(\d+ parameters\): \d\.\d+ s/);
  });

  test('12, checkpoints: the newest two and the best are kept, a damaged one is skipped', async () => {
    const text = await entry(12);
    expect(text).toContain('saved iteration 5');
    expect(text).toContain('there are now 2, 4, 5');
    expect(text).toContain('loads with the same weights');
    expect(text).toContain('is damaged: its checksum is wrong');
    expect(text).toContain('continue from iteration 4. The best is iteration 2.');
  });

  test('13, self-play', async () => {
    const text = await entry(13);
    expect(text).toMatch(/games a second +\d+/);
    expect(text).toContain('The buffer is whole');
  });

  test('8, all five demos', async () => {
    const text = await entry(8);
    const titles = ['Loss functions', 'Batch sampling', 'Training step', 'Checkpoint management', 'Self-play data'];
    const places = titles.map((title) => text.indexOf(title));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  test('14, a loop of fewer than 40 lines learns', async () => {
    const text = await entry(14);
    expect(text).toMatch(/iteration 5: \d+ positions, loss \d\.\d+/);
    expect(Number(/It scores ([\d.]+) %/.exec(text)![1])).toBeGreaterThan(60);
    expect(readFileSync('examples/customLoop.ts', 'utf8').split('\n').length).toBeLessThan(40);
  });

  test('15, callbacks: they add metrics and stop the run', async () => {
    const text = await entry(15);
    expect(text).toMatch(/iteration 2: .*held-out loss \d\.\d+/);
    expect(text).toMatch(/stopped after \d+ iterations/);
    expect(text).toMatch(/weightNorm +\d+\.\d/);
  });
});

test('16, a custom loss: each training is best by its own loss', async () => {
  const text = await entry(16);
  const row = (name: string) =>
    new RegExp(`^${name}\\S* +([\\d.]+) +([\\d.]+)$`, 'm').exec(text)!.slice(1).map(Number) as [number, number];
  expect(row('mse')[0]).toBeLessThan(row('cautious')[0]);
  expect(row('cautious')[1]).toBeLessThan(row('mse')[1]);
});

describe('17, the training step against PyTorch', () => {
  test('reports what is missing', async () => {
    expectFailure(await menu(['17', '1', 'no-python']), 1, /no-python can't run the step .* install python3-torch/);
  });

  const python = pythonWith('torch');
  test.skipIf(!python)('both have the same losses', async () => {
    const text = await entry(17, ['0.2', python!]);
    expect(text.match(/^ +(64|256|1024) +\d+ +\d+ +\d+\.\d\d +\d\.\de-[5-9] of 4\.\d+$/gm)).toHaveLength(3);
  });
});

test('18, a custom network: it learns the spirals and generalises to held-out points', async () => {
  const text = await entry(18);
  const last = /^ +150 +([\d.]+) +100\.0 % +([\d.]+) +([\d.]+) %$/m.exec(text)!.slice(1).map(Number);
  expect(last[0]).toBeLessThan(0.01);
  expect(last[2]).toBeGreaterThan(95);
});

test('19, gradients of a loss: a right one passes, a wrong one is found', async () => {
  const errors = [...(await entry(19)).matchAll(/^(right|wrong): .* error (\S+)$/gm)];
  expect(errors.map(([, name]) => name)).toEqual(['right', 'right', 'wrong', 'wrong']);
  for (const [, name, error] of errors) {
    if (name === 'right') expect(Number(error)).toBeLessThan(1e-4);
    else expect(Number(error)).toBeGreaterThan(0.01);
  }
});

describe('entries that are commands', () => {
  beforeAll(async () => {
    expect(await entry(3, [...SHORTEST, '--run', join('runs', 'mine')])).toContain('azul play best:runs/mine');
  }, 60_000);

  test('4, full training', async () => {
    const text = await entry(4, [...SHORTEST, '--run', 'elsewhere']);
    expect(text).toContain('elsewhere: 2 players, small network of');
    expect(text).toContain('Done.');
  });

  test('5, resume: the newest run', async () => {
    expect(await entry(5)).toContain('runs/mine: 2 players, small network of');
  });

  test('7, evaluate: the best of the newest run', async () => {
    const text = await entry(7, ['--pairs', '1']);
    expect(text).toContain('best:runs/mine,sims=64 │ greedy');
    expect(text).toContain('best:runs/mine,sims=64 │ random');
  });

  test('1, play: the newest run', async () => {
    expect(await entry(1, ['--sims', '8'], 'quit\n')).toContain('against best:runs/mine: 8 simulations a move');
  });

  test('2, web: the newest run', async () => {
    const { child, ended, prints } = start(process.execPath, [menuPath, '2', '--port', '0'], folder);
    await prints('http://127.0.0.1:');
    child.kill('SIGINT');
    // A terminal sends Ctrl-C to both.
    process.kill(childOf(child.pid!), 'SIGINT');
    const { stderr } = await ended;
    expect(stderr).toBe('');
  });

  test('6, analyse: a first deal', async () => {
    expect(await entry(6, ['--sims', '8'])).toContain('8 simulations');
  });

  test.each([
    { players: 3, every: 0, kind: 'latest' },
    { players: 4, every: 1, kind: 'best' },
  ])('7 and 1, for $players players: the $kind checkpoint', async ({ players, every, kind }) => {
    const cwd = join(folder, String(players));
    mkdirSync(cwd);
    const run = ['--run', join('runs', 'a, b'), `--set=players=${players}`, `--set=evaluation.every=${every}`];
    expect((await menu(['3', ...SHORTEST, ...run], { cwd })).status).toBe(0);
    const evaluated = await menu(['7', '--pairs', '1'], { cwd });
    expect(evaluated).toMatchObject({ status: 0, stderr: '' });
    expect(evaluated.stdout).toContain(`${kind}:'runs/a, b',sims=64 │ greedy`);
    const played = await menu(['1', '--sims', '8'], { cwd, input: 'quit\n' });
    expect(played.stdout).toContain(`You have seat 1 of ${players}, against ${kind}:runs/a, b: 8 simulations a move`);
  });

  test('the menu passes on the status of a command that fails', async () => {
    expectFailure(await menu(['5', 'nosuch'], { cwd: folder }), 1, /there is no run in nosuch/);
    expectFailure(await menu(['3', '--nosuch'], { cwd: folder }), 2, /unknown option '--nosuch'/);
  });
});

describe('on a terminal', () => {
  /** The menu on a terminal of its own, in a folder without runs. */
  function terminal() {
    const running = start('script', ['-qfec', `"${process.execPath}" "${menuPath}"`, '/dev/null'], tmpdir());
    const type = (keys: string) => running.child.stdin!.write(keys);
    return { ...running, type };
  }

  test('a number and Enter run that entry, and q quits', async () => {
    const { type, prints, ended, output } = terminal();
    await prints('q) quit');
    type('12\r');
    await prints('The best is iteration 2.');
    await expect.poll(() => output().split('The best is iteration 2.').at(-1)).toContain('q) quit');
    type('6\r');
    await prints('400 simulations');
    await expect.poll(() => output().split('400 simulations').at(-1), { timeout: 10_000 }).toContain('q) quit');
    type('q\r');
    expect((await ended).status).toBe(0);
    const text = stripVTControlCharacters(output());
    expect(text).toContain('Azul Zero, number or q: checkpoint management');
    expect(text).toContain('Azul Zero, number or q: analyse a position');
    expect(text).not.toContain('Batch sampling');
  });

  test('an unknown number runs nothing, and Ctrl-C quits', async () => {
    const { type, prints, ended } = terminal();
    await prints('q) quit');
    type('21\r');
    await prints("isn't an available option");
    type('\x03');
    expect((await ended).status).toBe(130);
  });
});

test('an unknown entry', async () => {
  for (const number of ['0', '20', '-1', 'six', '1.0']) {
    expectFailure(await menu([number]), 2, /there is no entry .*; choose one from 1 to 19/);
  }
});

test('without a terminal and an entry: the list, and how to choose', async () => {
  const ended = await menu([]);
  expectFailure(ended, 2, /name an entry, as in npm start -- 3/);
  expect(ended.stdout.trimEnd().split('\n')).toHaveLength(19);
});

test('examples import nothing but the library, Node and the prompts', () => {
  for (const name of readdirSync('examples').filter((file) => file.endsWith('.ts'))) {
    const sources = [...readFileSync(join('examples', name), 'utf8').matchAll(/ from '(.+)';/g)].map(
      ([, from]) => from!,
    );
    for (const from of sources)
      expect(from).toMatch(/^(node:.+|\.\.\/src\/index\.js|@inquirer\/prompts|\.\/(someGames|trainedModel)\.js)$/);
  }
});

test('azul is a function of the library', async () => {
  expect(typeof (await import('../../src/index.js')).azul).toBe('function');
  expect((await azul(['--version'])).status).toBe(0);
});
