import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { GreedyPlayer } from '../../src/arena/baselines.js';
import { judgeGame } from '../../src/arena/gameAnalysis.js';
import { placesOf, playMatch } from '../../src/arena/match.js';
import { parseGames, printGame, type RecordedGame } from '../../src/arena/record.js';
import { openThinker } from '../../src/cli/openThinker.js';
import { printPosition, startPosition } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { OVER, PHASE } from '../../src/game/state.js';
import { describePage, expectAccessible, picture } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';

/** A game of the greedy player against itself, or its first deals and moves, as many as are given. */
async function record(count?: number): Promise<{ text: string; game: RecordedGame }> {
  const contestants = [new GreedyPlayer(), new GreedyPlayer()];
  const [played] = await playMatch({ seats: 2, contestants, seed: 4, from: 0, to: 1 });
  const tokens = played!.tokens.slice(0, count);
  const { rules, state } = parseSetUp(['start 2 moves', ...tokens].join(' '));
  const finished = state[PHASE] === OVER;
  const start = startPosition(2);
  const seats = ['Blanca', 'Inês'];
  const text = printGame({ seats, tags: new Map(), start, tokens, ...placesOf(rules, state), finished });
  return { text, game: parseGames(text)[0]! };
}

const openPasted = async (page: Page, text: string) => {
  await page.getByLabel(/^A record, a position/).fill(text);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
};

describePage('the page that analyses', (open) => {
  test('a record: curves, the moves that lost most, arrow keys, another line, and a link to it', async () => {
    const { text, game } = await record();
    const page = await open('#analyse', { viewport: { width: 1280, height: 1250 } });
    await openPasted(page, text);
    await page.getByRole('button', { name: 'Analyse the game' }).click();
    await page.locator('.judgement .uplot').last().waitFor();
    const judged = await judgeGame(game, openThinker(), { sims: 200, seed: 0 });
    const worst = judged.toSorted((a, b) => b.loss - a.loss)[0]!;
    const first = page.locator('.worst button').first();
    expect(await first.textContent()).toContain(`round ${worst.round}: ${worst.move}; better ${worst.best}`);
    await first.click();
    await page.getByText(`Played: ${worst.move}`).waitFor();
    await page.getByText(/Best moves after .000/).waitFor();
    await picture(page, 'analyse');

    await page.keyboard.press('Home');
    await page.getByText('A deal is due').waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.move[aria-current]').textContent()).toBe(game.tokens[1]);

    await page.locator('button.group').first().click();
    await page.locator('.target[data-destination="5"]').click();
    await page.getByRole('button', { name: 'Back to the game' }).waitFor();
    const tried = await page.locator('.move.tried').textContent();
    expect(tried).toMatch(/^..f$/);
    await page.getByRole('button', { name: 'Copy position' }).click();
    const position = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const line = ['start 2 moves', ...game.tokens.slice(0, 2), tried].join(' ');
    expect(position).toBe(printPosition(parseSetUp(line)));
    await page.getByRole('button', { name: 'Copy link' }).click();
    const link = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const again = await open(new URL(link).hash);
    expect(await again.locator('.move.tried').textContent()).toBe(tried);
    await again.getByRole('button', { name: 'Back to the game' }).click();
    expect(await again.locator('.move').count()).toBe(game.tokens.filter((token) => !token.startsWith('=')).length);
  });

  test('what can’t be opened says where it is wrong', async () => {
    const page = await open('#analyse');
    for (const [text, fault] of [
      [
        'game\nposition start 2\nmoves =BBYK/RRWW/BYKK/YYRW/BRKW 1R1\nresult none',
        'line 3: ply 1: move "1R1" is not legal',
      ],
      ['hello', 'position "hello" has 1 field, not 7'],
      ['', 'there is nothing to open'],
    ]) {
      await openPasted(page, text!);
      await page.getByText(fault!).waitFor();
    }
    await openPasted(page, `start 2 moves ${DEAL} 2R2`);
    await page.getByText('seat 1 to move').waitFor();
  });

  test('a file with more than one game asks which', async () => {
    const { text } = await record(5);
    const page = await open('#analyse');
    const file = { name: 'games.txt', mimeType: 'text/plain', buffer: Buffer.from(`${text}\n${text}`) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByLabel('2 games; which one?').selectOption({ index: 2 });
    await page.getByRole('button', { name: 'Analyse the game' }).waitFor();
  });

  test('a finished game leads here, and from here to a new one', async () => {
    const page = await open(`#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(`${DEAL} 2R2 3K3`)}`);
    await page.getByRole('link', { name: 'Analyse' }).last().click();
    await page.getByText('You to move').waitFor();
    expect(await page.locator('.move').allTextContents()).toEqual(['2R2', '3K3']);
    await page.getByRole('link', { name: 'Play from here' }).click();
    await page.getByRole('heading', { name: 'Your turn' }).waitFor();
  });
});

describePage('accessibility', (open) => {
  const game = `#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(DEAL)}`;
  for (const colorScheme of ['light', 'dark'] as const) {
    // What depends on the theme are its colours.
    const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined;
    test(`axe finds nothing serious, ${colorScheme}`, async () => {
      const page = await open(game, { colorScheme });
      await page.getByLabel('Think along').check();
      await page.getByText(/Best moves after/).waitFor();
      await expectAccessible(page, rules);
      await page.locator('button.group').first().click();
      await expectAccessible(page, rules);
      await page.getByRole('button', { name: 'New game' }).click();
      await expectAccessible(page, rules);
      const { text } = await record(9);
      const analysis = await open('#analyse', { colorScheme, viewport: { width: 390, height: 844 } });
      await openPasted(analysis, text);
      await analysis.getByRole('button', { name: 'Analyse the game' }).click();
      await analysis.locator('.judgement .uplot').last().waitFor();
      await expectAccessible(analysis, rules);
    });
  }
});
