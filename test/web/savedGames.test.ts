/** No way through the page drops a game. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const game = (seed: number) => `#play?seats=person,club&seed=${seed}&start=2&moves=${encodeURIComponent(DEAL)}`;

async function movesOf(page: Page): Promise<string> {
  const query = new URLSearchParams(((await page.evaluate('location.hash')) as string).split('?')[1]);
  return `${query.get('seed')}: ${query.get('moves') ?? ''}`;
}

/** Plays a move, and waits for the reply; returns what the address holds then. */
async function playOne(page: Page): Promise<string> {
  const before = (await movesOf(page)).split(' ').length;
  await page.locator('button.group').first().click();
  await page.locator('.board.mine .target').nth(2).click();
  await expect.poll(async () => (await movesOf(page)).split(' ').length, { timeout: 20_000 }).toBe(before + 2);
  await page.getByRole('heading', { name: 'Your turn' }).waitFor();
  return movesOf(page);
}

/** Opens another address, or the bare one, as typing it does. */
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

describePage('a running game', (open) => {
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: 390, height: 844 },
  ]) {
    const size = `${viewport.width}×${viewport.height}`;

    test(`stays through tabs, a reload, and the bare address, at ${size}`, async () => {
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
          // A page that never showed the game: what the browser keeps is all there is.
          await page.reload();
          await tab('Play').click();
        }
        await expect.poll(() => movesOf(page)).toBe(played);
      }
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      await playOne(page);
    });

    test(`can be gone back to after New game, also after a reload, at ${size}`, async () => {
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
      // And there the newer game is the other one.
      await back.click();
      await expect.poll(() => movesOf(page)).toBe(second);
      await page.goBack();
      await expect.poll(() => movesOf(page)).toBe(played);
    });
  }

  test('an address with a game wins over what was saved, and leaves it', async () => {
    const page = await open(game(7));
    const played = await playOne(page);
    await enter(page, game(8));
    expect(await movesOf(page)).toMatch(/^8: /);
    await enter(page, '');
    await expect.poll(() => movesOf(page)).toBe(played);
    // Also an earlier state of the same game, from which it goes on otherwise.
    await enter(page, game(7));
    await page.locator('[data-source="3"] button.group').first().click();
    await page.locator('.board.mine .target').last().click();
    await page.getByRole('heading', { name: 'Your turn' }).waitFor();
    await page.getByRole('link', { name: 'Back to your game' }).click();
    await expect.poll(() => movesOf(page)).toBe(played);
  });

  test('two tabs keep their games; the one that was moved in last is continued', async () => {
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

  test('what another version has kept does no harm, nor does a browser that keeps nothing', async () => {
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
