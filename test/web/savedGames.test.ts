/** No action on the page loses a game. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { GreedyPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { describePage, expectAccessible } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const game = (seed: number) => `#play?seats=person,club&seed=${seed}&start=2&moves=${encodeURIComponent(DEAL)}`;

async function movesOf(page: Page): Promise<string> {
  const query = new URLSearchParams(((await page.evaluate('location.hash')) as string).split('?')[1]);
  return `${query.get('seed')}: ${query.get('moves') ?? ''}`;
}

/** Plays a move, and waits for the reply. Returns the moves in the address. */
async function playOne(page: Page): Promise<string> {
  const before = (await movesOf(page)).split(' ').length;
  await page.locator('button.group').first().click();
  await page.locator('.board.mine .target').nth(2).click();
  await expect.poll(async () => (await movesOf(page)).split(' ').length, { timeout: 20_000 }).toBe(before + 2);
  await page.getByRole('heading', { name: 'Your turn' }).waitFor();
  return movesOf(page);
}

/** Opens another address or the one without a fragment, as if it were typed. */
async function enter(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(hash || './', page.url()).href);
  await page.locator('.table').waitFor();
}

/** A second tab of the same browser. */
async function secondTab(page: Page, hash: string): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto(new URL(hash || './', page.url()).href);
  await other.locator('.table').waitFor();
  return other;
}

/** Entries for finished games against levels, with their winners. */
async function finishedGames(): Promise<{ entries: Record<string, string>; firstWon: boolean[] }> {
  const contestants = [new GreedyPlayer(), new GreedyPlayer()];
  const played = await playMatch({ seats: 2, contestants, seed: 4, from: 0, to: 1 });
  const entries = played.map(({ tokens }, i) => {
    const query = new URLSearchParams({
      seats: 'person,casual',
      seed: String(i),
      start: '2',
      moves: tokens!.join(' '),
    });
    return [`azul-game:${i}`, JSON.stringify({ text: query.toString(), changed: 1e12 + i })];
  });
  return { entries: Object.fromEntries(entries), firstWon: played.map(({ ranks }) => ranks[0] === 1) };
}

const stored = (entries: Record<string, string>) => ({
  prepare: (page: Page) =>
    page.addInitScript(
      `if (!localStorage.seeded) Object.assign(localStorage, ${JSON.stringify({ ...entries, seeded: '1' })})`,
    ),
});

describePage('your games', (open) => {
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: 390, height: 844 },
  ]) {
    const size = `${viewport.width}×${viewport.height}`;

    test(`are listed with results, deleted and restored, exported and imported, at ${size}`, async () => {
      const { entries, firstWon } = await finishedGames();
      const page = await open(game(7), { viewport, ...stored(entries) });
      const running = await playOne(page);
      await page.getByRole('button', { name: 'Your games' }).click();
      const dialog = page.getByRole('dialog', { name: 'Your games' });
      const [won, lost] = [firstWon.filter(Boolean).length, firstWon.filter((first) => !first).length];
      expect(await dialog.locator('tbody tr').allTextContents()).toEqual([`Casual${won}0${lost}`]);
      expect(await dialog.locator('li').count()).toBe(3);
      expect(await dialog.locator('li').first().textContent()).toMatch(/^You – Club 0 : 0.*, round 1Continue/);
      expect(await dialog.locator('li').nth(1).textContent()).toMatch(/^You – Casual \d+ : \d+Sep 9, 2001.*, finished/);
      await expectAccessible(page);

      await dialog.getByRole('button', { name: 'Delete' }).first().click();
      expect(await dialog.locator('li').count()).toBe(2);
      await dialog.getByRole('button', { name: 'Undo' }).click();
      expect(await dialog.locator('li').count()).toBe(3);

      const download = page.waitForEvent('download');
      await dialog.getByRole('button', { name: 'Export all' }).click();
      const file = (await (await download).path())!;
      const elsewhere = await open('', { viewport });
      await elsewhere.getByRole('button', { name: 'Your games' }).click();
      const input = elsewhere.locator('.your-games input[type=file]');
      await input.setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{"games": 1}') });
      await elsewhere.getByText('this is no file of exported games').waitFor();
      await input.setInputFiles(file);
      await elsewhere.getByText('3 games were added.').waitFor();
      await input.setInputFiles(file);
      await elsewhere.getByText('0 games were added.').waitFor();
      expect(await elsewhere.locator('.your-games li').allTextContents()).toEqual(
        await dialog.locator('li').allTextContents(),
      );
      await elsewhere.getByRole('link', { name: 'Continue' }).click();
      await expect.poll(() => movesOf(elsewhere)).toBe(running);
    });
  }

  test('a full store is reported once, and the game continues', async () => {
    const page = await open(game(7), {
      prepare: (page) =>
        page.addInitScript(
          `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
        ),
    });
    await playOne(page);
    const notice = page.getByText('The browser has no room left for your games.');
    await notice.waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    const played = await playOne(page);
    expect(await notice.count()).toBe(0);
    await page.getByRole('button', { name: 'Your games' }).click();
    await page.getByRole('link', { name: 'Continue' }).click();
    await expect.poll(() => movesOf(page)).toBe(played);
  });
});

describePage('a running game', (open) => {
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: 390, height: 844 },
  ]) {
    const size = `${viewport.width}×${viewport.height}`;

    test(`survives other tabs, a reload, and the bare address, at ${size}`, async () => {
      const page = await open(game(7), { viewport });
      const played = await playOne(page);
      const tab = (name: string) => page.getByRole('navigation').getByRole('link', { name });
      await tab('Play').click();
      expect(await movesOf(page)).toBe(played);
      await tab('Analyse').click();
      await page.getByLabel('Steps').waitFor();
      await tab('Play').click();
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      expect(await movesOf(page)).toBe(played);
      await page.reload();
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      expect(await movesOf(page)).toBe(played);
      for (const bare of ['#play', '', '#analyse']) {
        await enter(page, bare);
        if (bare === '#analyse') {
          // This page has never shown the game, so the game comes from the browser's storage.
          await page.reload();
          await tab('Play').click();
        }
        await expect.poll(() => movesOf(page)).toBe(played);
      }
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      await playOne(page);
    });

    test(`can be reopened after New game, also after a reload, at ${size}`, async () => {
      const page = await open(game(7), { viewport });
      const played = await playOne(page);
      const back = page.getByRole('link', { name: 'Back to your game' });
      expect(await back.count()).toBe(0);
      await page.getByRole('button', { name: 'New game' }).click();
      await page.getByRole('button', { name: 'Start' }).click();
      await back.waitFor();
      expect(await movesOf(page)).not.toBe(played);
      const second = await playOne(page);
      await page.reload();
      await back.click();
      await expect.poll(() => movesOf(page)).toBe(played);
      // The link leads to the newer game from there.
      await back.click();
      await expect.poll(() => movesOf(page)).toBe(second);
      await page.goBack();
      await expect.poll(() => movesOf(page)).toBe(played);
    });
  }

  test('an address with a game has priority over the saved game, and does not change it', async () => {
    const page = await open(game(7));
    const played = await playOne(page);
    await enter(page, game(8));
    expect(await movesOf(page)).toMatch(/^8: /);
    await enter(page, '');
    await expect.poll(() => movesOf(page)).toBe(played);
    // The same holds for an earlier state of the same game that continues differently.
    await enter(page, game(7));
    await page.locator('[data-source="3"] button.group').first().click();
    await page.locator('.board.mine .target').last().click();
    await page.getByRole('heading', { name: 'Your turn' }).waitFor();
    await page.getByRole('link', { name: 'Back to your game' }).click();
    await expect.poll(() => movesOf(page)).toBe(played);
  });

  test('two tabs keep their games, and the tab with the last move decides which game is continued', async () => {
    const page = await open(game(7));
    const first = await playOne(page);
    const other = await secondTab(page, game(8));
    const second = await playOne(other);
    expect(second).toMatch(/^8: /);
    for (const [tab, played] of [
      [page, first],
      [other, second],
    ] as const) {
      await tab.reload();
      await tab.getByRole('heading', { name: 'Your turn' }).waitFor();
      expect(await movesOf(tab)).toBe(played);
    }
    const third = await secondTab(page, '');
    await expect.poll(() => movesOf(third)).toBe(second);
    const later = await playOne(page);
    await enter(third, '');
    await expect.poll(() => movesOf(third)).toBe(later);
  });

  test('shared by two tabs keeps the moves of each tab', async () => {
    const page = await open(game(7));
    const shared = await playOne(page);
    const other = await secondTab(page, '');
    await expect.poll(() => movesOf(other)).toBe(shared);
    const first = await playOne(page);
    await other.locator('[data-source="5"] button.group').first().click();
    await other.locator('.board.mine .target').last().click();
    await other.getByRole('heading', { name: 'Your turn' }).waitFor();
    const second = await movesOf(other);
    expect(second).not.toBe(first);
    await page.getByRole('button', { name: 'Your games' }).click();
    const kept = page.locator('.your-games li a').filter({ hasText: 'Continue' });
    const queries = await kept.evaluateAll((links) => links.map((link) => (link as unknown as { hash: string }).hash));
    const moves = queries
      .map((hash) => new URLSearchParams(hash.split('?')[1]))
      .map((query) => `${query.get('seed')}: ${query.get('moves')}`);
    expect(moves.toSorted()).toEqual([first, second].toSorted());
  });

  test('stored by another version is read', async () => {
    const text = new URLSearchParams({
      seats: 'person,club',
      seed: '3',
      start: '2',
      moves: `${DEAL} 2R2 cW4`,
    }).toString();
    const page = await open('', {
      prepare: (page) =>
        page.addInitScript(`localStorage.azul ??= localStorage.setItem('azul-games', ${JSON.stringify(text)}) ?? 1`),
    });
    await expect.poll(() => movesOf(page)).toBe(`3: ${DEAL} 2R2 cW4`);
    expect(await page.evaluate(`localStorage.getItem('azul-games')`)).toBeNull();
  });

  test('data stored by another version does no harm, and neither does a browser without storage', async () => {
    const page = await open('', {
      prepare: (page) => page.addInitScript(`localStorage.setItem('azul-games', 'seats=person,nobody\\n{"a":1}')`),
    });
    await page.getByRole('heading', { name: /Your turn/ }).waitFor();
    const deaf = await open(game(7), {
      prepare: (page) =>
        page.addInitScript(`Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })`),
    });
    const played = await playOne(deaf);
    await deaf.getByRole('button', { name: 'New game' }).click();
    await deaf.getByRole('button', { name: 'Start' }).click();
    await deaf.getByRole('link', { name: 'Back to your game' }).click();
    await expect.poll(() => movesOf(deaf)).toBe(played);
  });
});
