/** The page when its search fails: it reports the failure, and works again on the next request. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage, type OpenOptions } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const GAME = `#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(DEAL)}`;
const SIZES = [
  { width: 1280, height: 720 },
  { width: 320, height: 568 },
];

/** Ways in which a worker fails to answer a request correctly; `data` is the request. */
const CRASH = `setTimeout(() => { throw new Error('broken'); })`;
const OUT_OF_MEMORY = `postMessage({ kind: 'failed', id: data.id, message: 'Array buffer allocation failed' })`;

/** A page whose first `times` workers fail on the requests that match a condition. */
function failing(condition: string, fault: string, times = 1): OpenOptions {
  let started = 0;
  const prepare = (page: Page) =>
    page.route('**/assets/worker-*.js', async (route) => {
      const response = await route.fetch();
      if (++started > times) return route.fulfill({ response });
      const trap = `addEventListener('message', (event) => {
        const { data } = event;
        if (!(${condition})) return;
        event.stopImmediatePropagation();
        ${fault};
      });\n`;
      return route.fulfill({ response, body: trap + (await response.text()) });
    });
  return { prepare, expected: /broken/ };
}

const stopped = (page: Page) => page.locator('.notice', { hasText: 'The search has stopped' });

describePage('a search that fails', (open) => {
  for (const viewport of SIZES) {
    const size = `${viewport.width}×${viewport.height}`;

    test(`a hint reports its failure, and can be requested again, at ${size}`, async () => {
      const page = await open(GAME, { viewport, ...failing(`data.kind === 'search'`, CRASH, 2) });
      const hint = page.getByRole('button', { name: 'Hint' });
      await hint.click();
      await page.locator('.status').getByText('No hint was found').waitFor();
      await page.getByText('The search has stopped (Uncaught Error: broken)').waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await stopped(page).count()).toBe(0);
      await hint.click();
      await stopped(page).waitFor();
      await hint.click();
      await page.locator('.group.suggested').waitFor();
      expect(await stopped(page).count()).toBe(0);
    });

    test(`a failed move of a model can be requested again, at ${size}`, async () => {
      const page = await open(GAME, {
        viewport,
        ...failing(`data.kind === 'evaluate' && data.seed > 0`, OUT_OF_MEMORY),
      });
      await page.locator('button.group').first().click();
      await page.locator('.board.mine .target').last().click();
      await page.getByRole('heading', { name: 'Club has not answered' }).waitFor();
      await page.getByText('The search has stopped (Array buffer allocation failed)').waitFor();
      await page.getByRole('button', { name: 'Ask again' }).click();
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      expect(await stopped(page).count()).toBe(0);
    });

    test(`thinking along and the analysis of a game can be requested again, at ${size}`, async () => {
      const moves = encodeURIComponent(`${DEAL} 2R2 cW4 3K3`);
      const page = await open(`#analyse?start=2&moves=${moves}`, {
        viewport,
        ...failing(`data.kind === 'search'`, OUT_OF_MEMORY, 2),
      });
      await page.getByText('The model has stopped thinking').waitFor();
      await page.getByRole('button', { name: 'Analyse the game' }).click();
      await stopped(page).waitFor();
      await page.getByRole('button', { name: 'Analyse the game' }).click();
      await page.locator('.judgement .uplot').last().waitFor();
      await page.getByText(/Best moves after/).waitFor();
      expect(await stopped(page).count()).toBe(0);
    });
  }

  test('all waiting requests fail with the worker, and not only the current one', async () => {
    // The longest search of thinking along never gets an answer, and a hint ends the worker.
    const page = await open(
      GAME,
      failing(
        `data.kind === 'search' && (data.options.multipv === 1 || data.budget.sims === 5000)`,
        `if (data.options.multipv === 1) ${CRASH}`,
      ),
    );
    await page.getByLabel('Think along').check();
    await page.getByText('Best moves after 1000 simulations, thinking on…').waitFor();
    await page.getByRole('button', { name: 'Hint' }).click();
    await page.locator('.status').getByText('No hint was found').waitFor();
    await page.getByText('The model has stopped thinking').waitFor();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Best moves after 5000 simulations').waitFor();
  });

  test('a worker that cannot be loaded is requested again', async () => {
    let tries = 0;
    const page = await open(GAME, {
      expected: /ERR_FAILED/,
      prepare: (page) =>
        page.route('**/assets/worker-*.js', (route) => (++tries === 1 ? route.abort() : route.continue())),
    });
    await page.getByText('The search has stopped (its script could not be loaded)').waitFor();
    await page.getByRole('button', { name: 'Hint' }).click();
    await page.locator('.group.suggested').waitFor();
    expect(await stopped(page).count()).toBe(0);
  });

  test('a model that could not be loaded is requested again, and its notice disappears or stays closed', async () => {
    let tries = 0;
    const page = await open(GAME, {
      expected: /503/,
      prepare: (page) =>
        page.route('**/models/*', (route) => (++tries <= 3 ? route.fulfill({ status: 503 }) : route.continue())),
    });
    const notice = page.getByText('The model for 2 players could not be loaded (azul-2p.onnx: 503');
    await notice.waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    for (let turn = 0; turn < 2; turn++) {
      await page.locator('button.group').first().click();
      await page.locator('.board.mine .target').last().click();
      await page.getByRole('heading', { name: 'Your turn' }).waitFor();
      expect(await notice.count()).toBe(0);
    }
    expect(tries).toBe(3);
    await page.getByLabel('Think along').check();
    await page.getByText(/Best moves after/).waitFor();
    expect(tries).toBe(4);
  });

  test('the notice about a model disappears when the model is loaded', async () => {
    let tries = 0;
    const page = await open(GAME, {
      expected: /503/,
      prepare: (page) =>
        page.route('**/models/*', (route) => (++tries === 1 ? route.fulfill({ status: 503 }) : route.continue())),
    });
    const notice = page.getByText('The model for 2 players could not be loaded');
    await notice.waitFor();
    await page.getByRole('button', { name: 'Hint' }).click();
    await page.locator('.group.suggested').waitFor();
    expect(await notice.count()).toBe(0);
  });

  test('the notice about an invalid address can be closed', async () => {
    const page = await open('#play?seats=person,club&seed=1&start=2&moves=3B4');
    await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
    expect(await page.getByText('The address can’t be shown').count()).toBe(0);
  });
});
