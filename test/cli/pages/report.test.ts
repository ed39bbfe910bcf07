import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PRESETS } from '../../../src/training/config/presets.js';
import type { IterationMetrics } from '../../../src/training/run/metrics.js';
import { printLine } from '../../../src/training/run/metricsLine.js';
import { metrics } from '../../training/helpers.js';
import { executablePath } from '../../web/browser.js';
import { azul, expectFailure, folderForTests } from '../processes.js';

const folder = folderForTests();
const estimate = (mean: number) => ({ mean, error: 5, low: mean - 10, high: mean + 10 });

const bin = (predicted: number) => ({
  from: predicted - 0.25,
  to: predicted + 0.25,
  count: 9,
  predicted,
  observed: 0.5,
});

/** A history with every kind of number: training, held-out games, evaluations and a metric of the user's own. */
function entry(iteration: number): IterationMetrics {
  const losses = { loss: 3 / iteration, policyLoss: 2, valueLoss: 0.5, policyAccuracy: 0.4, gradientNorm: 1 };
  const result = {
    score: { mean: 0.5, low: 0.4, high: 0.6 },
    margin: estimate(1),
    wins: 5,
    draws: 0,
    losses: 5,
    seconds: 1,
  };
  return {
    ...metrics(iteration),
    training: { ...losses, steps: 3, seconds: 1, milliseconds: 1 },
    validation: { ...losses, loss: 4, valueReliability: [0.25, 0.75].map(bin), valueCalibrationError: 0.1 },
    seen: { ...losses, loss: 3.9 },
    evaluation:
      iteration % 10 === 0
        ? {
            elo: estimate(5 * iteration),
            results: [{ ...result, opponent: '</script><b>greedy' }],
            earlier: [],
            best: iteration,
          }
        : null,
    custom: { cupsOfCoffee: iteration / 10 },
  } as unknown as IterationMetrics;
}

function runWith(history: readonly IterationMetrics[], name: string): string {
  const run = join(folder, name);
  mkdirSync(run);
  writeFileSync(join(run, 'config.json'), JSON.stringify(PRESETS.quick));
  writeFileSync(join(run, 'metrics.jsonl'), history.map(printLine).join(''));
  return run;
}

const run = () => join(folder, 'run');

beforeAll(() => {
  runWith(
    Array.from({ length: 60 }, (_, i) => entry(i + 1)),
    'run',
  );
});

test('is one file, at the path that is given', async () => {
  const { status, stdout, stderr } = await azul(['report', run()]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toBe(`${join(run(), 'report.html')} shows 60 iterations; open it in a browser\n`);
  const page = readFileSync(join(run(), 'report.html'), 'utf8');
  expect(page).not.toMatch(/<link|\ssrc=|url\((?!['"]?data:)/);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  const out = join(folder, 'elsewhere.html');
  expect((await azul(['report', run(), '--out', out])).stdout).toContain(out);
  expect(existsSync(out)).toBe(true);
});

test('can also be text or a picture', async () => {
  const text = (await azul(['report', run(), '--text'])).stdout;
  for (const title of ['Loss', 'Policy accuracy', 'Learning rate', 'Gradient norm']) {
    expect(text).toMatch(new RegExp(`^ +${title}$`, 'm'));
  }
  expect(text).toMatch(/iterations 1 to 60 {3}\* training {3}o held out/);
  const out = join(folder, 'drawn.html');
  const { stdout } = await azul(['report', run(), '--out', out, '--png']);
  expect(stdout).toContain(`${join(folder, 'drawn.png')} shows loss, policy accuracy, learning rate, gradient norm\n`);
  const picture = readFileSync(join(folder, 'drawn.png'));
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([2240, 1280]);
});

test('overlays several runs', async () => {
  const other = runWith([entry(1), entry(2)], 'other');
  const out = join(folder, 'both.html');
  const { stdout } = await azul(['report', run(), other, '--out', out]);
  expect(stdout).toBe(`${out} shows run, other; open it in a browser\n`);
  const page = readFileSync(out, 'utf8');
  const { variants, axis } = JSON.parse(/type="application\/json">(.*?)<\/script>/s.exec(page)![1]!);
  expect(axis).toBe('iterations');
  expect(variants).toMatchObject([
    { name: 'run' },
    { name: 'other', histories: [[{ iteration: 1 }, { iteration: 2 }]] },
  ]);
});

test('bad input gets one line', async () => {
  expectFailure(await azul(['report', join(folder, 'nowhere')]), 1, /there is no run in .*nowhere/);
  expectFailure(await azul(['report'], { cwd: folder }), 1, /there is no run below runs\//);
  expectFailure(await azul(['report', runWith([], 'empty')]), 1, /empty has no finished iteration yet; azul resume/);
  expectFailure(
    await azul(['report', run(), '--out', '/nowhere/x.html']),
    1,
    /cannot write the report to .*; name another/,
  );
  expectFailure(await azul(['report', run(), 'more']), 1, /there is no run in more/);
  expectFailure(
    await azul(['report', 'no.history.json']),
    2,
    /cannot read no\.history\.json: .*name the \.history\.json/,
  );
  writeFileSync(join(folder, 'bad.history.json'), '{"epochs":7}');
  expectFailure(
    await azul(['report', join(folder, 'bad.history.json')]),
    2,
    /bad\.history\.json is not the history of a fit/,
  );
});

test('keeps only some iterations of a long run, and all evaluated ones', async () => {
  const long = runWith(
    Array.from({ length: 6100 }, (_, i) => entry(i + 1)),
    'long',
  );
  expect((await azul(['report', long])).status).toBe(0);
  const page = readFileSync(join(long, 'report.html'), 'utf8');
  const { history, every } = JSON.parse(/type="application\/json">(.*?)<\/script>/s.exec(page)![1]!);
  expect(every).toBe(3);
  const iterations = (history as IterationMetrics[]).map(({ iteration }) => iteration);
  expect(iterations.slice(0, 5)).toEqual([1, 3, 6, 9, 10]);
  expect(iterations.at(-1)).toBe(6100);
});

/** The number of colours on each canvas, in the browser. */
const COLOURS = `[...document.querySelectorAll('figure canvas')].map((canvas) =>
  new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)`;

describe.skipIf(!executablePath)('in a browser', () => {
  test.each(['light', 'dark'] as const)('draws every chart and describes it, %s', async (colorScheme) => {
    await azul(['report', run()]);
    const browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ colorScheme });
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => complaints.push(`loads ${request.url()}`));
      const address = pathToFileURL(join(run(), 'report.html')).href;
      await page.goto(address);
      expect(complaints).toEqual([`loads ${address}`]);
      await page.getByText('Also recorded').click();
      const titles = await page.locator('figure h4').allTextContents();
      for (const title of [
        ...['Elo', 'Score against opponents', 'Loss', 'Policy accuracy', 'Learning rate', 'Gradient norm'],
        ...['Games a second', 'Simulations a second', 'Policy entropy nats', 'Game length plies'],
        ...['First player’s score', 'Custom: cups of coffee'],
      ]) {
        expect(titles).toContain(title);
      }
      const words = await page.locator('figure .explanation').allTextContents();
      expect(words).toHaveLength(titles.length);
      expect(words.filter((text) => text.length < 20)).toEqual([]);
      const colours = (await page.evaluate(COLOURS)) as number[];
      expect(colours).toHaveLength(titles.length);
      expect(Math.min(...colours)).toBeGreaterThan(10);
      expect(await page.locator('th', { hasText: '</script><b>greedy' }).count()).toBe(1);
      expect(await page.getByRole('img', { name: /reliability curve: 25\.0 % was 50\.0 %, 75\.0 % was/ }).count()).toBe(
        1,
      );
      expect(await page.locator('dl.figures').textContent()).toContain('well balanced');
      await page.evaluate(axe.source);
      const found = (await page.evaluate('axe.run(document)')) as { violations: { id: string; help: string }[] };
      expect(found.violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('draws a fit, and several fits over one another', async () => {
    const measured = entry(1) as unknown as Record<string, unknown>;
    const { training, validation, seen } = measured;
    const epochs = [1, 2, 3].map((epoch) => ({
      ...{ epoch, elapsed: 2 * epoch, step: 10 * epoch, learningRate: 0.1 / epoch, seconds: 2, isBest: epoch === 1 },
      ...{ training, validation, seen },
    }));
    const histories = ['one', 'two'].map((name) => {
      const path = join(folder, `${name}.history.json`);
      writeFileSync(path, JSON.stringify({ config: PRESETS.quick, epochs }));
      return path;
    });
    expect((await azul(['report', histories[0]!])).stdout).toContain('one.html shows 3 epochs');
    const both = join(folder, 'both fits.html');
    await azul(['report', ...histories, '--out', both]);
    const mixed = await azul(['report', run(), histories[0]!, '--text']);
    expectFailure(mixed, 2, /a run and a fit have no axis in common/);
    const browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      await page.goto(pathToFileURL(join(folder, 'one.html')).href);
      const titles = await page.locator('figure h4').allTextContents();
      expect(titles.slice(0, 5)).toEqual([
        ...['Loss', 'Policy accuracy', 'Learning rate', 'Gradient norm', 'Held out minus training'],
      ]);
      expect(await page.locator('select').first().textContent()).toBe('epochshourssteps');
      await page.goto(pathToFileURL(both).href);
      const card = page.locator('figure', { hasText: /^Loss: held out/ });
      expect(await card.locator('.legend li').allTextContents()).toEqual(['one 4.00', 'two 4.00']);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
