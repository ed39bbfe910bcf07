/** Every control can be tapped: nothing covers it, at any size of the window. */
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
  // 1440×900 and 1280×720 at a zoom of 200 %.
  [720, 450],
  [640, 360],
] as const;

const DEALS = {
  2: '=BBYK/RRWW/BYKK/YYRW/BRKW',
  3: '=BBYK/RRWW/BYKK/YYRW/BRKW/BBYY/RKKW',
  4: '=BBYK/RRWW/BYKK/YYRW/BRKW/BBYY/RKKW/BYRK/WWWW',
} as const;

/** Visible elements that match a selector and whose centre can't be tapped after scrolling to them. */
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

/** Deals of four colours on each factory. Each move drops one colour, so that the centre becomes as full as possible. */
const CROWDS = {
  2: '=BYRK/YRKW/BRKW/BYKW/BYRW 1Bf 2Yf 3Rf 4Kf',
  3: '=BYRK/YRKW/BRKW/BYKW/BYRW/BYRK/YRKW 1Bf 2Yf 3Rf 4Kf 5Wf 6Bf',
  4: '=BYRK/YRKW/BRKW/BYKW/BYRW/BYRK/YRKW/BRKW/BYKW 1Bf 2Yf 3Rf 4Kf 5Wf 6Bf 7Yf 8Rf',
} as const;

/** Displays, boards and pieces that lie outside the window or over something else. */
const MISFITS = `(() => {
  const boxes = [...document.querySelectorAll('.display, .board')].map((element) => [element, element.getBoundingClientRect()]);
  const name = (element) => element.getAttribute('aria-label') ?? element.className;
  const misfits = boxes.flatMap(([element, box]) => box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight
    ? [name(element) + ' lies outside: ' + [box.left, box.top, box.right, box.bottom].map(Math.round)] : []);
  for (const [i, [element, a]] of boxes.entries()) {
    for (const [other, b] of boxes.slice(i + 1)) {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 0.5 && height > 0.5) misfits.push(name(element) + ' lies over ' + name(other));
    }
    for (const inner of element.querySelectorAll('.tile, .space, .cell')) {
      const b = inner.getBoundingClientRect();
      if (b.left < a.left - 1 || b.top < a.top - 1 || b.right > a.right + 1 || b.bottom > a.bottom + 1) {
        misfits.push(name(inner) + ' lies outside of ' + name(element));
        break;
      }
    }
  }
  return misfits;
})()`;

/** Controls that are smaller than 24 pixels. */
const TINY = `[...document.querySelectorAll('button, a, label:has(input), select, summary')].flatMap((element) => {
  const { width, height } = element.getBoundingClientRect();
  return element.checkVisibility() && Math.min(width, height) < 23.9 ? [element.outerHTML.slice(0, 99) + ' ' + [width, height]] : [];
})`;

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
        expect([players, await page.evaluate(MISFITS)]).toEqual([players, []]);
        expect(await covered(page, 'button.group .seat')).toEqual([]);
        expect(await covered(page, 'button, input, a')).toEqual([]);
        await page.locator('button.group').first().click();
        expect(await page.locator('.board.mine .target').count()).toBeGreaterThanOrEqual(5);
        expect(await covered(page, '.board.mine .target')).toEqual([]);
        if (players === 2 && width >= 390 && height >= 720) expect(await page.evaluate(TINY)).toEqual([]);
        expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(width);
        await page.goto(
          new URL(
            `#play?seats=${seats}&seed=7&start=${players}&moves=${encodeURIComponent(CROWDS[players])}`,
            page.url(),
          ).href,
        );
        await page.locator('.centre button.group').nth(4).waitFor();
        expect([players, await page.evaluate(MISFITS)]).toEqual([players, []]);
        await page.close();
      }
    });

    test(`at ${width}×${height}, while analysing`, async () => {
      const moves = encodeURIComponent(`${DEALS[2]} 1B2`);
      const page = await open(`#analyse?start=2&moves=${moves}`, { viewport: { width, height } });
      await page.getByText(/Best moves after/).waitFor();
      expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate(MISFITS)).toEqual([]);
      await page.getByLabel('Think along').uncheck();
      expect(await covered(page, 'button.group .seat')).toEqual([]);
      await page.locator('button.group').first().click();
      expect(await covered(page, '.target')).toEqual([]);
      expect(await covered(page, 'button, input, a')).toEqual([]);
    });
  }
});
