/** Whether everything that must be tapped can be: nothing lies over it, at any size of the window. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage } from './browser.js';

const SIZES = [
  [1440, 900],
  [1280, 720],
  [820, 1180],
  [390, 844],
  [375, 667],
  [320, 568],
  [844, 390],
] as const;

const DEALS = {
  2: '=BBYK/RRWW/BYKK/YYRW/BRKW',
  3: '=BBYK/RRWW/BYKK/YYRW/BRKW/BBYY/RKKW',
  4: '=BBYK/RRWW/BYKK/YYRW/BRKW/BBYY/RKKW/BYRK/WWWW',
} as const;

/** What can't be tapped in its middle once it is scrolled into view, of what is shown and a selector finds. */
async function covered(page: Page, selector: string): Promise<string[]> {
  const script = `[...document.querySelectorAll(${JSON.stringify(selector)})].flatMap((element) => {
    if (!element.checkVisibility()) return [];
    element.scrollIntoView({ block: 'nearest' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    const wanted = element.closest('button') ?? element;
    return wanted.contains(found) ? [] : [wanted.outerHTML.slice(0, 99) + ' lies below ' + found?.outerHTML.slice(0, 99)];
  })`;
  expect(await page.locator(selector).count()).toBeGreaterThan(0);
  return (await page.evaluate(script)) as string[];
}

/** How far below the start of the page the floor line of one's own board ends. */
const floorEnd = `scrollY + document.querySelector('.board.mine .floor').getBoundingClientRect().bottom`;

describePage('everything can be tapped', (open) => {
  for (const [width, height] of SIZES) {
    test(`at ${width}×${height}, for 2, 3 and 4 players`, async () => {
      for (const players of [2, 3, 4] as const) {
        const seats = Array(players).fill('person').join();
        const moves = encodeURIComponent(`${DEALS[players]} 1B2`);
        const page = await open(`#play?seats=${seats}&seed=7&start=${players}&moves=${moves}`, {
          viewport: { width, height },
        });
        await page.getByRole('heading', { name: 'Player 2’s turn' }).waitFor();
        if (players === 2 && width < height) {
          // On a phone or a tablet upright, two players need not scroll.
          expect(await page.evaluate(floorEnd)).toBeLessThanOrEqual(height);
        }
        expect(await covered(page, 'button.group .seat')).toEqual([]);
        expect(await covered(page, 'button, input, a')).toEqual([]);
        await page.locator('button.group').first().click();
        expect(await page.locator('.board.mine .target').count()).toBeGreaterThanOrEqual(5);
        expect(await covered(page, '.board.mine .target')).toEqual([]);
        expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(width);
        await page.close();
      }
    });

    test(`at ${width}×${height}, while analysing`, async () => {
      const moves = encodeURIComponent(`${DEALS[2]} 1B2`);
      const page = await open(`#analyse?start=2&moves=${moves}`, { viewport: { width, height } });
      await page.getByText(/Best moves after/).waitFor();
      await page.getByLabel('Think along').uncheck();
      expect(await covered(page, 'button.group .seat')).toEqual([]);
      await page.locator('button.group').first().click();
      expect(await covered(page, '.target')).toEqual([]);
      expect(await covered(page, 'button, input, a')).toEqual([]);
    });
  }
});
