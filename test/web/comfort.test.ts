/** Settings, the coach, and other conveniences. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage, expectAccessible } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const game = (seats: string, ...moves: string[]) =>
  `#play?seats=${seats}&seed=7&start=2&moves=${encodeURIComponent([DEAL, ...moves].join(' '))}`;
const SIZES = [
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
];

async function movesOf(page: Page): Promise<string[]> {
  const query = new URLSearchParams(((await page.evaluate('location.hash')) as string).split('?')[1]);
  return query.get('moves')?.split(' ') ?? [];
}

const settings = (page: Page) => page.getByRole('dialog', { name: 'Settings' });
async function openSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'settings' }).click();
}
async function closeSettings(page: Page): Promise<void> {
  await settings(page).getByRole('button', { name: 'Close' }).click();
}

describePage('comfort', (open) => {
  for (const viewport of SIZES) {
    const size = `${viewport.width}×${viewport.height}`;

    test(`a move can wait for confirmation, also after a reload, at ${size}`, async () => {
      const page = await open(game('person,person'), { viewport });
      await openSettings(page);
      await expectAccessible(page);
      await settings(page).getByLabel('Confirm moves').check();
      await closeSettings(page);
      await page.reload();
      await page.locator('[data-source="0"] [data-colour="0"]').click();
      const [second, third] = [1, 2].map((line) => page.locator(`.target[data-destination="${line}"]`));
      await second!.click();
      expect(await second!.textContent()).toContain('Confirm');
      await third!.click();
      expect(await page.locator('.confirm').count()).toBe(1);
      expect(await movesOf(page)).toEqual([DEAL]);
      await third!.click();
      await expect.poll(() => movesOf(page)).toEqual([DEAL, '1B3']);
    });

    test(`a click elsewhere deselects the tiles, at ${size}`, async () => {
      const page = await open(game('person,person'), { viewport });
      await page.locator('[data-source="0"] [data-colour="0"]').click();
      await page.locator('.target').first().waitFor();
      await page.locator('.status h2').click();
      expect(await page.locator('.target').count()).toBe(0);
      expect(await movesOf(page)).toEqual([DEAL]);
    });

    test(`animation can be turned on where the system asks for reduced motion, at ${size}`, async () => {
      const page = await open(game('person,person'), {
        viewport,
        prepare: (page) =>
          page.addInitScript(`window.flights = [];
            const animate = Element.prototype.animate;
            Element.prototype.animate = function (frames, options) {
              window.flights.push(options.duration);
              return animate.call(this, frames, options);
            };`),
      });
      const play = async (source: number) => {
        await page.locator(`[data-source="${source}"] button.group`).first().click();
        await page.locator('.target').last().click();
      };
      await openSettings(page);
      expect(await settings(page).getByLabel('off').isChecked()).toBe(true);
      await closeSettings(page);
      await play(0);
      expect(await page.evaluate('window.flights')).toEqual([]);
      for (const [source, motion, duration] of [
        [1, 'fast', 210],
        [2, 'slow', 840],
      ] as const) {
        await openSettings(page);
        await settings(page).getByLabel(motion).check();
        await closeSettings(page);
        await play(source);
        await expect.poll(() => page.evaluate('window.flights.at(-1)')).toBe(duration);
      }
    });

    test(`a game between models can be paused, and then played move by move, at ${size}`, async () => {
      const page = await open(game('casual,casual'), { viewport });
      await page.getByRole('button', { name: 'Pause' }).click();
      const next = page.getByRole('button', { name: 'Next move' });
      await next.waitFor();
      const before = await movesOf(page);
      await next.click();
      await expect.poll(() => movesOf(page), { timeout: 20_000 }).toHaveLength(before.length + 1);
      await next.click();
      await expect.poll(() => movesOf(page), { timeout: 20_000 }).toHaveLength(before.length + 2);
      await page.getByRole('button', { name: 'Go on' }).click();
      await expect
        .poll(async () => (await movesOf(page)).length, { timeout: 20_000 })
        .toBeGreaterThan(before.length + 2);
    });

    test(`the coach grades the player's move, and leads back to try another one, at ${size}`, async () => {
      const page = await open(game('person,club'), { viewport });
      expect(await page.getByRole('region', { name: 'Coach' }).count()).toBe(0);
      await page.getByLabel('Coach').check();
      await page.locator('[data-source="2"] [data-colour="3"]').click();
      await page.locator('.target[data-destination="5"]').click();
      const coach = page.getByRole('region', { name: 'Coach' });
      await coach
        .getByText(/blunder\. You took 2 .*black from factory 3 to the floor, and lost \d+ %\. Better: \d/)
        .waitFor();
      await coach.getByRole('button', { name: 'Take back and try' }).click();
      await expect.poll(() => movesOf(page)).toEqual([DEAL]);
      await coach.getByText('The coach grades each of your moves.').waitFor();
      await page.getByRole('button', { name: 'Hint' }).click();
      await page.locator('.group.suggested').click();
      await page.locator('.line.suggested .target').click();
      await coach.getByText(/The best move|A good move/).waitFor();
    });
  }

  test('marks are outlines where the system forces its colours', async () => {
    const page = await open(game('person,person', '1B2'), { forcedColors: 'active' });
    await page.locator('.space.fresh').first().waitFor();
    const style = `getComputedStyle(document.querySelector('.space.fresh')).outlineWidth`;
    expect(await page.evaluate(style)).toBe('3px');
    const plain = `getComputedStyle(document.querySelector('.space:not(.fresh)')).outlineWidth`;
    expect(await page.evaluate(plain)).toBe('1px');
  });

  test('the bag and the lid are shown by colour; Escape leaves a preview of a line', async () => {
    const page = await open(game('person,club'));
    const [bag, lid] = await page.locator('.supplies dd').allTextContents();
    expect(bag!.replaceAll(/\s/g, '')).toBe('16blue16yellow16red16black16white');
    expect(lid!.replaceAll(/\s/g, '')).toBe('0blue0yellow0red0black0white');
    await page.getByLabel('Think along').check();
    await page.locator('.pv button').first().click();
    await page.locator('.table.ghostly').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.table.ghostly').count()).toBe(0);
  });
});
