import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { serveWeb } from '../../src/cli/pages/webServer.js';
import type { EvaluationResult } from '../../src/players/matches.js';
import { makeConfig } from '../../src/training/config/config.js';
import { watchedGame } from '../../src/training/run/latestGame.js';
import type { LadderResult } from '../../src/training/run/metrics.js';
import { MetricsLog } from '../../src/training/run/metricsLog.js';
import { type Running, startAzul } from '../cli/processes.js';
import { metrics, playFake, temporaryFolder } from '../training/helpers.js';
import { describePage, expectAccessible, type Open, picture } from './browser.js';

/** A run with short iterations that continues until it is stopped. */
const LIVE = [
  '--preset=tiny',
  '--set=iterations=0',
  '--set=selfPlay.gamesPerIteration=8',
  '--set=selfPlay.simulations=4',
  '--set=training.minPositions=300',
  '--set=evaluation.every=2',
  '--set=evaluation.pairs=1',
  '--set=evaluation.opponents=["random","greedy"]',
  '--set=evaluation.simulations=2',
  '--set=checkpoints.every=3',
];
/** Errors of a browser while its server is down. */
const WITHOUT_SERVER = /net::ERR_(CONNECTION|INCOMPLETE|EMPTY)|NetworkError|loading was aborted/;

function run(...args: string[]): Running {
  const running = startAzul(args);
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return running;
}

async function addressOf(running: Running): Promise<string> {
  await running.prints('#run');
  return /http:\S+/.exec(running.output())![0];
}

const iterationOf = async (page: Page) =>
  Number((await page.locator('.facts b').first().innerText({ timeout: 30_000 })).replaceAll(',', ''));

const lastIteration = (folder: string) => new MetricsLog(join(folder, 'metrics.jsonl')).read().at(-1)!.iteration;

/** Waits until the page shows an iteration that matches, without touching the page. */
const untilIteration = (page: Page, fits: (iteration: number) => boolean, timeout = 30_000) =>
  expect.poll(() => iterationOf(page).then(fits), { timeout, interval: 100 }).toBe(true);

const untilActivity = (page: Page, says: RegExp) =>
  expect.poll(() => page.locator('.activity').innerText(), { timeout: 15_000 }).toMatch(says);

/** A clear win, a clear defeat, and an equal checkpoint. */
function evaluation(best: number): LadderResult {
  const estimate = (mean: number) => ({ mean, error: 0.01, low: mean - 0.02, high: mean + 0.02 });
  const result = (opponent: string, score: number): EvaluationResult => {
    const counts = { pairs: 5, wins: 10 * score, draws: 0, losses: 10 - 10 * score, forfeits: [0, 0] as const };
    const margin = estimate(20 * score - 10);
    return { opponent, seconds: 1, ...counts, score: estimate(score), elo: estimate(0), margin, bySeat: [] };
  };
  return {
    elo: estimate(123),
    results: [result('greedy', 1), result('alphabeta:nodes=1000', 0)],
    earlier: [result('iteration 40', 0.5)],
    best,
  };
}

/** A finished run in a folder of its own. */
async function finishedRun(players: number, iterations: number): Promise<string> {
  const folder = join(temporaryFolder(), 'finished-run');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(makeConfig('tiny', { players, iterations })));
  const log = new MetricsLog(join(folder, 'metrics.jsonl'));
  for (let i = 1; i <= iterations; i++) log.append({ ...metrics(i), evaluation: i % 2 === 1 ? evaluation(i) : null });
  const [game] = await playFake([3], { players, seed: 1 });
  writeFileSync(join(folder, 'latest-game.json'), JSON.stringify(watchedGame(game!, players, 1)));
  return folder;
}

async function served(folder: string): Promise<string> {
  const server = await serveWeb({ host: '127.0.0.1', port: 0 }, folder);
  onTestFinished(() => server.close());
  return `${server.address}#run`;
}

describePage('the dashboard', (openAny) => {
  const open: Open = async (address, options) => {
    const page = await openAny(address, options);
    // The page closes before its server, since it reports a missing server.
    onTestFinished(() => page.context().close());
    return page;
  };

  test('updates by itself while a run trains', async () => {
    const folder = join(temporaryFolder(), 'live');
    const running = run('train', ...LIVE, `--run=${folder}`, '--web', '--port=0');
    const page = await open(await addressOf(running), { reducedMotion: 'no-preference', expected: WITHOUT_SERVER });
    const first = await iterationOf(page);
    await untilIteration(page, (iteration) => iteration > first + 1);
    await untilActivity(page, /training|evaluating/);
    expect(await page.locator('.facts').innerText()).toMatch(/next evaluation (now|in)/);

    await page.locator('.evaluations tbody tr').first().waitFor();
    expect(await page.locator('.evaluations thead').innerText()).toMatch(/random[\s\S]*greedy/);
    for (const title of ['Elo', 'Loss', 'Policy accuracy', 'Games a second', 'Simulations a second', 'Game length']) {
      await page.locator('.chart h4', { hasText: title }).first().waitFor();
    }
    expect(await page.locator('.chart canvas').count()).toBeGreaterThanOrEqual(12);
    for (const title of ['Replay buffer', 'Learning rate'])
      await page.locator('.chart h4', { hasText: title }).waitFor();
    const loss = page.getByRole('img', { name: /^Policy loss by/ });
    // Charts are redrawn only while they are visible.
    await loss.scrollIntoViewIfNeeded();
    const before = await loss.getAttribute('aria-label');
    await expect.poll(() => loss.getAttribute('aria-label'), { timeout: 20_000 }).not.toBe(before);

    const told = page.locator('.told');
    const move = await told.innerText();
    await expect.poll(() => told.innerText(), { timeout: 20_000 }).not.toBe(move);
    expect(await page.locator('.watched .board').count()).toBe(2);
    await expectAccessible(page);
    running.child.kill('SIGINT');
    expect((await running.ended).status).toBe(130);
    await untilActivity(page, /^stopped; not connected/);
    expect(await iterationOf(page)).toBe(lastIteration(folder));

    const later = await open(await served(folder));
    await untilActivity(later, /^stopped$/);
    expect(await iterationOf(later)).toBe(lastIteration(folder));
    expect(await later.locator('.facts').innerText()).not.toContain('next evaluation');
  }, 180_000);

  test('stays open after the run is finished, with its last evaluation, until it is interrupted', async () => {
    const folder = join(temporaryFolder(), 'short');
    const running = run('train', ...LIVE, '--set=iterations=4', `--run=${folder}`, '--web', '--port=0');
    const address = await addressOf(running);
    const page = await open(address, { expected: WITHOUT_SERVER });
    await running.prints('The run is finished. Its dashboard stays at ');
    expect(running.output()).toContain(`Its dashboard stays at ${address}; press Ctrl-C to stop.`);
    for (const each of [page, await open(address, { expected: WITHOUT_SERVER })]) {
      await untilActivity(each, /^finished$/);
      const newest = each.locator('.evaluations tbody th').first();
      await expect.poll(() => newest.innerText(), { timeout: 15_000 }).toMatch(/^4\b/);
    }
    running.child.kill('SIGINT');
    expect((await running.ended).status).toBe(130);
    await untilActivity(page, /^finished; not connected/);

    const resumed = run('resume', folder, '--port=0');
    await resumed.prints('Its dashboard stays');
    expect((await fetch(await addressOf(resumed))).status).toBe(200);
    resumed.child.kill('SIGTERM');
    expect((await resumed.ended).status).toBe(143);
  }, 180_000);

  test('a killed run shows no sign of life, and a resumed one does', async () => {
    const folder = join(temporaryFolder(), 'dead');
    const running = run('train', ...LIVE, `--run=${folder}`);
    await running.prints('iteration 3');
    running.child.kill('SIGKILL');
    await running.ended;
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(folder, 'metrics.jsonl'), hourAgo, hourAgo);
    const page = await open(await served(folder));
    await untilActivity(page, /^no sign of life$/);
    const resumed = run('resume', folder);
    await untilActivity(page, /training|evaluating/);
    resumed.child.kill('SIGTERM');
    await untilActivity(page, /^stopped$/);
  }, 180_000);

  test('a run killed before its first iteration shows no sign of life, and a stopped run shows as stopped', async () => {
    const folder = join(temporaryFolder(), 'dead-early');
    const running = run('train', ...LIVE, '--set=selfPlay.gamesPerIteration=200', `--run=${folder}`);
    await running.prints('games an iteration');
    const log = join(folder, 'replay.db-wal');
    await expect.poll(() => statSync(log).size, { timeout: 30_000 }).toBeGreaterThan(0);
    running.child.kill('SIGKILL');
    await running.ended;
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(log, hourAgo, hourAgo);
    await untilActivity(await open(await served(folder)), /^no sign of life$/);
    rmSync(log);
    await untilActivity(await open(await served(folder)), /^stopped$/);
  }, 180_000);

  test('survives a kill and a resume of the run, and shows how far the run went back', async () => {
    const folder = join(temporaryFolder(), 'killed');
    const running = run(
      'train',
      ...LIVE,
      '--set=checkpoints.every=1000',
      '--set=evaluation.every=30',
      `--run=${folder}`,
      '--port=0',
    );
    const address = await addressOf(running);
    const page = await open(address, { expected: WITHOUT_SERVER });
    // The page is a few iterations behind the run, which saves a checkpoint when it evaluates.
    await untilIteration(page, (iteration) => iteration > 30 && iteration % 30 >= 2 && iteration % 30 <= 20, 60_000);
    running.child.kill('SIGKILL');
    await running.ended;
    await untilActivity(page, /not connected/);
    const last = await iterationOf(page);

    const resumed = run('resume', folder, `--port=${new URL(address).port}`);
    await resumed.prints('resumed after');
    const from = Number(/resumed after iteration (\d+)/.exec(resumed.output())![1]);
    expect(from).toBeLessThan(last);
    await untilIteration(page, (iteration) => iteration > last);
    const log = join(folder, 'metrics.jsonl');
    const length = page.locator('.chart', { hasText: 'Game length' }).locator('.legend b');
    await length.scrollIntoViewIfNeeded();
    const known = () =>
      new MetricsLog(log)
        .read()
        .slice(-4)
        .map(({ selfPlay }) => selfPlay.meanPlies.toFixed(1));
    await expect.poll(async () => known().includes(await length.innerText()), { timeout: 15_000 }).toBe(true);
    await untilActivity(page, /training|evaluating/);
  }, 180_000);

  test.each([2, 4])('is readable on a phone, in the dark, for %i players', async (players) => {
    const options = {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    } as const;
    const page = await open(await served(await finishedRun(players, 3)), options);
    await page
      .locator('.watched .board')
      .nth(players - 1)
      .waitFor();
    const toggle = page.locator('.watched .play');
    const label = await toggle.innerText();
    await toggle.click();
    expect([label, await toggle.innerText()].toSorted()).toEqual(['Pause', 'Play']);
    expect(await page.locator('[aria-pressed]').count()).toBe(0);
    await untilActivity(page, /finished/);
    await page.locator('.evaluations tbody tr').first().waitFor();
    expect(await page.locator('.watched .board').count()).toBe(players);
    const { scrollWidth, innerWidth } = (await page.evaluate(
      '({ scrollWidth: document.documentElement.scrollWidth, innerWidth })',
    )) as Record<string, number>;
    expect(scrollWidth).toBe(innerWidth);
    await expectAccessible(page);
  });

  test('a game can be played back, forth and from any move, with the search numbers', async () => {
    const folder = await finishedRun(2, 3);
    const page = await open(await served(folder));
    const place = page.locator('input[type=range]');
    // A reader who prefers reduced motion starts the playback by hand.
    await page.locator('button', { hasText: 'Play' }).waitFor();
    expect(await place.inputValue()).toBe('1');
    expect(await page.locator('.told').innerText()).toBe('Round 1 is dealt.');
    const [game] = await playFake([3], { players: 2, seed: 1 });
    const { searches } = watchedGame(game!, 2, 1);
    expect(await page.locator('.considered table').last().locator('tbody th').allInnerTexts()).toEqual(
      searches[1]!.policy.slice(0, 6).map(([move]) => move),
    );
    await page.locator('button[aria-label=forward]').click();
    expect(await page.locator('.told').innerText()).toMatch(/^Seat 0 played /);
    await page.locator('button[aria-label=back]').click();
    expect(await place.inputValue()).toBe('1');
    await place.press('End');
    expect(await page.locator('.told').innerText()).toMatch(/The game is over/);
    expect(await page.locator('.watched .score').allInnerTexts()).toEqual(game!.scores.map(String));
    await page.locator('button', { hasText: 'Play' }).click();
    await expect.poll(() => place.inputValue(), { timeout: 10_000 }).toBe('1');
  });

  test('every setting has a description, and charts describe themselves', async () => {
    const page = await open(await served(await finishedRun(2, 3)));
    await page.locator('.configuration summary', { hasText: 'training' }).click();
    const batch = page.locator('.configuration dl > div', { hasText: 'batchSize' }).first();
    expect(await batch.innerText()).toMatch(/64[\s\S]*Positions per training step/);
    const chart = page.locator('.chart', { hasText: 'Game length' });
    await chart.locator('summary').click();
    expect(await chart.locator('p').innerText()).toMatch(/number of moves in a game/i);
    await page.locator('select').first().selectOption('games');
    expect(await chart.locator('[role=img]').getAttribute('aria-label')).toMatch(/by games/);
  });

  test('the page waits for a run that has not finished an iteration', async () => {
    const folder = join(temporaryFolder(), 'new');
    mkdirSync(folder);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(makeConfig('tiny')));
    const page = await open(await served(folder));
    await page.locator('.activity', { hasText: 'waiting for the first iteration' }).waitFor();
    await expectAccessible(page);
    new MetricsLog(join(folder, 'metrics.jsonl')).append(metrics(1));
    await untilIteration(page, (iteration) => iteration === 1);
  });

  test.runIf(process.env.SCREENSHOTS)(
    'screenshot of a run with data',
    async () => {
      const settings = ['selfPlay.gamesPerIteration=48', 'evaluation.every=5', 'evaluation.pairs=20'];
      const folder = join(temporaryFolder(), 'quick');
      const running = run(
        'train',
        '--preset=quick',
        ...settings.map((one) => `--set=${one}`),
        `--run=${folder}`,
        '--port=0',
      );
      const page = await open(await addressOf(running), { expected: WITHOUT_SERVER });
      await page.locator('.facts').waitFor({ timeout: 120_000 });
      await untilIteration(page, (iteration) => iteration > 36, 1_500_000);
      await page.locator('button', { hasText: 'Newest' }).click();
      await page.locator('.watched small', { hasText: /iteration [34]\d/ }).waitFor();
      await page.locator('input[type=range]').fill('20');
      await page.locator('.considered table').last().locator('meter').first().waitFor();
      await page.locator('.activity').scrollIntoViewIfNeeded();
      await page.evaluate('scrollTo(0, 0)');
      await picture(page, 'dashboard');
    },
    1_800_000,
  );
});
