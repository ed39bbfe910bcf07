/** The tiles that fly after a move. */
import { expect, test } from 'vitest';
import { parseMove } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { boardAt, FLOOR } from '../../src/game/state.js';
import { filledOnFloor, floorTiles, lastMove } from '../../web/src/table/move.js';
import { describePage } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';

describePage('flights', (open) => {
  for (const [width, height] of [
    [1280, 720],
    [390, 844],
  ] as const) {
    test(`tiles that fall to the floor line fly, and those already there do not, at ${width}×${height}`, async () => {
      const moves = encodeURIComponent(`${DEAL} 2Wf 3K3`);
      const page = await open(`#play?seats=person,person&seed=7&start=2&moves=${moves}`, {
        viewport: { width, height },
        reducedMotion: 'no-preference',
        prepare: (page) =>
          page.addInitScript(`window.flown = [];
            const animate = Element.prototype.animate;
            Element.prototype.animate = function (...options) {
              window.flown.push(this.querySelector('use').getAttribute('href') + ' on ' + this.closest('[data-line]').dataset.line);
              return animate.apply(this, options);
            };`),
      });
      await page.locator('[data-source="0"] [data-colour="0"]').click();
      await page.locator('.target[data-destination="0"]').click();
      await page.getByRole('heading', { name: 'Player 2’s turn' }).waitFor();
      expect(await page.evaluate('window.flown')).toEqual(['#tile-0 on 0', '#tile-0 on 5']);
    });
  }
});

test('a full floor line takes only as many tiles as it has room for', () => {
  // Player 0 has two blue and four white tiles on the floor, and takes three blue ones to it.
  const before = parseSetUp(
    '-/-/-/-/- BBBK 0;-,-,-,-,-;...../...../...../...../.....;BBWWWW|0;-,-,-,-,-;...../...../...../...../.....;1 0 1 15,20,20,19,16 0,0,0,0,0',
  );
  const move = lastMove(before, parseMove(before.rules, 'cBf'));
  before.rules.take(before.state, 0, move.action);
  const floor = before.state[boardAt(0, 0) + FLOOR]!;
  expect(floorTiles(floor)).toEqual([0, 0, 0, 4, 4, 4, 4]);
  expect(filledOnFloor(floor, move)).toEqual([2]);
});
