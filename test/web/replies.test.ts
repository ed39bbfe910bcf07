/** The text and the marks for the others' moves on the page. */
import { expect, test } from 'vitest';
import { describePage, expectAccessible } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const address = (seats: string, ...moves: string[]) =>
  `#play?seats=${seats}&seed=7&start=${seats.split(',').length}&moves=${encodeURIComponent([DEAL, ...moves].join(' '))}`;

describePage('what the others played', (open) => {
  for (const [width, height] of [
    [1440, 900],
    [320, 568],
  ] as const) {
    test(`is described and marked until the next own move, at ${width}×${height}`, async () => {
      const page = await open(address('person,club', '2R2'), { viewport: { width, height } });
      const list = page.getByRole('list', { name: 'Last moves' });
      await list.getByText('Club took').waitFor();
      const move = new URL(page.url()).hash
        .match(/moves=([^&]+)/)![1]!
        .split('+')
        .at(-1)!;
      const said = `Club took 2 white from the centre to line ${move[2]}, with the first-player marker.`;
      expect([move.slice(0, 2), (await list.textContent())?.trim()]).toEqual(['cW', said]);
      expect(await list.locator('.tile.small').count()).toBe(2);
      expect(await page.locator('[aria-live]').last().locator('p').allTextContents()).toContain(said);
      const marked = () =>
        page
          .locator('.fresh')
          .evaluateAll((spaces) => spaces.map((space) => space.closest('[data-line]')!.getAttribute('data-line')));
      expect(await marked()).toEqual([String(Number(move[2]) - 1), String(Number(move[2]) - 1), '5']);
      expect(
        await page
          .locator('.left')
          .evaluateAll((sources) => sources.map((source) => source.getAttribute('data-source'))),
      ).toEqual(['5']);
      const bounds = await list.boundingBox();
      expect(bounds!.y + bounds!.height).toBeLessThanOrEqual(height);

      await expectAccessible(page);
      await page.locator('[data-source="0"] button.group').first().click();
      expect(await marked()).toHaveLength(3);
      // Records the number of marks whenever the table changes.
      await page.evaluate(`window.seen = [];
        new MutationObserver(() => window.seen.push(document.querySelectorAll('.fresh, .left').length))
          .observe(document.querySelector('.table'), { childList: true, subtree: true, attributes: true })`);
      await page.locator('.target').last().click();
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      expect(await page.evaluate('window.seen')).toContain(0);
      expect(await page.evaluate('window.seen.at(-1)')).toBeGreaterThan(1);
    });
  }

  for (const [width, height] of [
    [1280, 720],
    [390, 844],
  ] as const) {
    test(`a log has all moves by round, under the names that persons enter, at ${width}×${height}`, async () => {
      const page = await open(address('person,person', '2R2', 'cW4'), { viewport: { width, height } });
      await page.getByRole('button', { name: 'New game' }).click();
      await page.getByLabel('name of seat 1').fill('Ann');
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByRole('heading', { name: 'Ann’s turn' }).waitFor();
      expect(await page.locator('.board h2').allTextContents()).toEqual(['Ann', 'Player 2']);
      let made = 0;
      const log = page.locator('.log');
      while (!(await page.locator('.round-end').isVisible())) {
        await page.locator('button.group').last().click();
        await page.locator('.target').last().click();
        const said = log.locator('li').nth(made);
        await said.waitFor();
        expect(await said.textContent()).toMatch(
          made % 2 === 0 ? /^Ann took \d .* to the floor.*\.$/ : /^Player 2 took \d .* to the floor.*\.$/,
        );
        expect(await said.locator('.tile').count()).toBeGreaterThan(0);
        made++;
      }
      await page.getByRole('button', { name: 'Skip' }).click();
      await page.getByText('Round 2.').waitFor();
      const scores = await page.locator('.score').allTextContents();
      await page.locator('button.group').last().click();
      await page.locator('.target').last().click();
      expect(await log.locator('summary').allTextContents()).toEqual([
        'Round 2',
        `Round 1 Ann ${scores[0]}, Player 2 ${scores[1]} points`,
      ]);
      expect(await log.locator('details').last().locator('li').count()).toBe(made);
      await page.reload();
      await page.getByRole('heading', { name: /^(Ann|Player 2)’s turn$/ }).waitFor();
      await expectAccessible(page);
    });
  }

  test('is shown again after a saved address is opened, with the marker where it was', async () => {
    const page = await open(address('person,club', '2R2', 'cW4', '1B3', '4Y2'));
    const list = page.getByRole('list', { name: 'Last moves' });
    expect((await list.textContent())?.trim()).toBe('Club took 2 yellow from factory 4 to line 2. Marker: Club.');
    expect(await page.locator('.board[data-seat="1"] .fresh').count()).toBe(2);
    await page.getByRole('button', { name: 'Take back' }).click();
    await list.getByText('Club took 2 white').waitFor();
  });
});
