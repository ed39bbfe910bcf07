import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { LEAST_STYLE, NAMES, WHOLE_GAME, writeLog } from '../bga/writeLog.js';
import { codesOf, describePage } from './browser.js';

const saved = writeLog(WHOLE_GAME, { ...LEAST_STYLE, form: 'page' });
const moves = saved.tokens.filter((token) => !token.startsWith('='));

/** Drops a file on the page. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const files = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)})); return data; })()`,
  );
  await page.locator('body').dispatchEvent('dragover', { dataTransfer: files });
  await page.locator('body').dispatchEvent('drop', { dataTransfer: files });
}

const paste = async (page: Page, text: string) => {
  await page.getByLabel(/^A record, a position/).fill(text);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
};

const ways = {
  'as a file': (page: Page) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name: 'replay.html', mimeType: 'text/html', buffer: Buffer.from(saved.text) }),
  dropped: (page: Page) => drop(page, 'replay.html', saved.text),
  pasted: (page: Page) => paste(page, writeLog(WHOLE_GAME, { ...LEAST_STYLE, form: 'export' }).text),
};

describePage('replays of Board Game Arena', (open) => {
  for (const [way, openReplay] of Object.entries(ways)) {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      test(`are opened ${way}, at ${viewport.width}×${viewport.height}`, async () => {
        const page = await open('#analyse', { viewport });
        await openReplay(page);
        await page.getByRole('heading', { name: `${NAMES[0]} to move` }).waitFor();
        expect(await codesOf(page.locator('.move .move-text'))).toEqual(moves);
        await page.getByRole('button', { name: 'to the end' }).click();
        await page.getByRole('heading', { name: 'The game is over' }).waitFor();
      });
    }
  }

  test('games that ended early are marked, an error shows its place, and the open game stays', async () => {
    const page = await open('#analyse');
    await drop(page, 'log.json', writeLog(WHOLE_GAME, { ...LEAST_STYLE, concedesAfter: 12 }).text);
    await page.getByText(`Unfinished game: conceded by ${NAMES[1]}. Round 1.`).waitFor();
    const faulty = writeLog(WHOLE_GAME, LEAST_STYLE, (events) => (events[1]!.args.fromFactory = 6)).text;
    await drop(page, 'faulty.json', faulty);
    await page.getByRole('alert').getByText('round 1, move 1: the log takes from factory "6", not 0 to 5').waitFor();
    await page.getByText('Unfinished game').waitFor();
    await drop(page, 'cut.html', saved.text.slice(0, 9000));
    await page.getByRole('alert').getByText('its JSON is damaged or cut off; save it again').waitFor();
  });
});
