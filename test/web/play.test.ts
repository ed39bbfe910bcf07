import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { parseGames } from '../../src/arena/record.js';
import { openThinker } from '../../src/cli/openThinker.js';
import { type Position, printMove } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { lastMove } from '../../web/src/table/move.js';
import { moveWords, plainText } from '../../web/src/table/sentence.js';
import { codesOf, describePage, picture } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const GAME = `#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(DEAL)}`;

/** The moves in the page's address. */
async function movesOf(page: Page): Promise<string[]> {
  const query = new URLSearchParams(((await page.evaluate('location.hash')) as string).split('?')[1]);
  return query.get('moves')?.split(' ') ?? [];
}

const tiles = (page: Page, place: string, colour: string) =>
  page.getByRole('button', { name: new RegExp(`${colour} from ${place}`) });
const yourTurn = (page: Page) => page.getByRole('heading', { name: 'Your turn' });

const words = (position: Position, action: number) =>
  `Take ${plainText(moveWords(lastMove(position, action), position.rules))} (winning chance`;

/** Clicks tiles and a line, by their names. */
async function play(page: Page, place: string, colour: string, line: number): Promise<void> {
  await tiles(page, place, colour).click();
  await page.locator(`.target[data-destination="${line - 1}"]`).click();
}

describePage('the page that plays', (open) => {
  test('a whole game against a model, by clicks', async () => {
    const page = await open('#play?seats=person,casual&seed=11&start=2');
    const over = page.locator('.game-over');
    const skip = page.getByRole('button', { name: 'Skip' });
    let rounds = 0;
    for (let turn = 0; turn < 200; turn++) {
      await yourTurn(page).or(skip).or(over).first().waitFor();
      if (await over.isVisible()) break;
      if (await skip.isVisible()) {
        rounds++;
        await skip.click();
        continue;
      }
      await page.locator('button.group').last().click();
      await page.locator('.target').first().click();
    }
    await over.waitFor();
    expect(rounds).toBeGreaterThanOrEqual(5);
    await page.getByRole('button', { name: 'Copy record' }).click();
    const [game] = parseGames((await page.evaluate('navigator.clipboard.readText()')) as string);
    expect(game!.finished).toBe(true);
    expect(game!.seats).toEqual(['You', 'Casual']);
    const scores = await page.locator('.board .score').allTextContents();
    expect(scores.map(Number)).toEqual(game!.scores);
    const winner = game!.seats[game!.ranks.indexOf(1)]!;
    const title = await over.getByRole('heading').textContent();
    if (game!.ranks.filter((rank) => rank === 1).length === 1) expect(title).toContain(winner);
    await page.getByRole('button', { name: 'Play again' }).click();
    await yourTurn(page).waitFor();
  });

  test('the score of a move is shown before it is made, and only legal lines accept tiles', async () => {
    const page = await open(GAME);
    await tiles(page, 'factory 2', 'red').click();
    expect(await page.locator('.target').count()).toBe(6);
    const first = page.getByRole('button', { name: 'line 1 takes 1, 1 fall to the floor' });
    expect(await first.locator('.gain').count()).toBe(0);
    expect(await page.locator('.target[data-destination="1"] .gain').textContent()).toBe('+1');
    expect(await page.locator('.target[data-destination="5"] .gain').textContent()).toBe('−2');
    await first.hover();
    expect(await page.locator('.tile.ghost').count()).toBe(2);
    await page.keyboard.press('Escape');
    expect(await page.locator('.target').count()).toBe(0);
    await play(page, 'factory 2', 'red', 2);
    await yourTurn(page).waitFor();
    await play(page, 'factory 4', 'yellow', 3);
    await yourTurn(page).waitFor();
    const moves = await movesOf(page);
    expect(moves).toHaveLength(5);
    expect([moves[1], moves[3]]).toEqual(['2R2', '4Y3']);
    // Line 2 holds red now, so another colour is illegal there.
    await page.locator('button.group:not([data-colour="2"])').first().click();
    expect(await page.locator('.target[data-destination="1"]').count()).toBe(0);
  });

  test('tiles can be dragged to a line, and return from anywhere else', async () => {
    const page = await open(GAME);
    const box = (await tiles(page, 'factory 3', 'black').boundingBox())!;
    const drag = async (x: number, y: number) => {
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x, box.y + 60, { steps: 3 });
      await page.mouse.move(x, y, { steps: 3 });
      await page.mouse.up();
    };
    await drag(5, 700);
    expect(await movesOf(page)).toEqual([DEAL]);
    const line = (await page.locator('.board.mine .line').nth(1).boundingBox())!;
    await drag(line.x + line.width / 2, line.y + line.height / 2);
    await yourTurn(page).waitFor();
    expect((await movesOf(page))[1]).toBe('3K2');
  });

  test('a game by keyboard alone', async () => {
    const page = await open(GAME);
    await tiles(page, 'factory 1', 'blue').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    const target = page.getByRole('button', { name: 'line 2 takes 2 +1 points at the end of the round' });
    expect(await target.evaluate((button) => button.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => movesOf(page), { timeout: 20_000 }).toContain('1B2');
    expect(await page.locator('[aria-live]').last().textContent()).toContain(
      'You took 2 blue from factory 1 to line 2.',
    );
    await yourTurn(page).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(() => movesOf(page), { timeout: 20_000 }).toHaveLength(5);
  });

  test('Take back leads to the same deal and the same replies', async () => {
    const page = await open(GAME);
    const back = page.getByRole('button', { name: 'Take back' });
    expect(await back.isDisabled()).toBe(true);
    await play(page, 'factory 2', 'red', 2);
    await expect.poll(() => movesOf(page), { timeout: 20_000 }).toHaveLength(3);
    const moves = await movesOf(page);
    await back.click();
    await expect.poll(() => movesOf(page)).toEqual([DEAL]);
    await play(page, 'factory 2', 'red', 2);
    await expect.poll(() => movesOf(page), { timeout: 20_000 }).toHaveLength(3);
    await expect.poll(() => movesOf(page)).toEqual(moves);
    // Take back works while the model thinks too.
    await yourTurn(page).waitFor();
    await page.locator('button.group').first().click();
    await page.locator('.target').last().click();
    await back.click();
    await expect.poll(() => movesOf(page)).toEqual(moves);
  });

  test('a hint is the move that the command line finds', async () => {
    const page = await open(GAME);
    await page.getByRole('button', { name: 'Hint' }).click();
    await page.locator('.group.suggested').waitFor();
    const position = parseSetUp(`start 2 moves ${DEAL}`);
    const { lines } = await openThinker().search(position, { sims: 400 }, { multipv: 1, seed: 0 });
    expect(await page.locator('.status').textContent()).toContain(words(position, lines[0]!.action));
  });

  test('thinking along: chances, best moves, heat, and the expected line on a ghost board', async () => {
    const page = await open(GAME);
    await page.getByLabel('Think along').check();
    await page.getByText(/Best moves after .000/).waitFor();
    await picture(page, 'play');
    const chances = (await page.locator('.chances b').allTextContents()).map((text) => Number.parseInt(text, 10));
    expect(chances[0]! + chances[1]!).toBeGreaterThanOrEqual(99);
    expect(chances[0]! + chances[1]!).toBeLessThanOrEqual(101);
    expect(await page.locator('.lines tbody tr:not(.pv)').count()).toBe(5);
    const heat = (await page.locator('.heat').allTextContents()).map((text) => Number.parseInt(text, 10));
    expect(heat.reduce((a, b) => a + b)).toBeGreaterThan(80);
    await page.getByText('Best moves after 5000 simulations').waitFor();
    const best = await codesOf(page.locator('.lines tbody tr:not(.pv) .move-text').first());
    const answer = await codesOf(page.locator('.pv').first().locator('.move-text').first());
    await page.locator('.pv').first().getByRole('button').nth(1).click();
    await expect.poll(() => codesOf(page.locator('.ghost-banner .move-text'))).toEqual([...best, ...answer]);
    expect(await page.locator('.table.ghostly').count()).toBe(1);
    expect(await movesOf(page)).toEqual([DEAL]);
    await page.getByRole('button', { name: 'Back to the game' }).click();
    expect(await page.locator('.table.ghostly').count()).toBe(0);
  });

  test('a new game: three players, a pasted position, and the error for an invalid one', async () => {
    const page = await open(GAME);
    await page.getByRole('button', { name: 'New game' }).click();
    await page.getByLabel('3', { exact: true }).check();
    await page.getByText('A given deal or position').click();
    const text = page.getByLabel(/Or paste a deal/);
    await text.fill('=BBYK/RRWW');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('a deal has 5, 7 or 9 factories').waitFor();
    await text.fill(DEAL);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('what you pasted is for 2 players, but there are 3 seats').waitFor();
    await text.fill('start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW 1R1');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('move "1R1" is not legal: no R in factory 1').waitFor();
    const three = '=BBYK/RRWW/BYKK/YYRW/BRKW/BBBB/YYYY';
    await text.fill(three);
    await page.getByRole('button', { name: 'Start' }).click();
    await yourTurn(page).waitFor();
    expect(await page.locator('.board').count()).toBe(3);
    expect(await movesOf(page)).toEqual([three]);
  });

  test('the end of a round is explained step by step', async () => {
    const last = 'start 2 moves =BBYK/RRWW/BYKK/YYRW/BRKW';
    const position = parseSetUp(last);
    const moves: string[] = [];
    // Both players take the first legal move, until one move is left.
    const legal = new Uint16Array(position.rules.actions);
    for (;;) {
      const n = position.rules.legal(position.state, 0, legal);
      const after = position.state.slice();
      position.rules.take(after, 0, legal[0]!);
      if (position.rules.roundIsOver(after, 0)) break;
      moves.push(printMove(position.rules, legal[0]!));
      position.rules.apply(position.state, 0, legal[0]!);
      expect(n).toBeGreaterThan(0);
    }
    const page = await open(
      `#play?seats=person,person&seed=1&start=2&moves=${encodeURIComponent([DEAL, ...moves].join(' '))}`,
    );
    await page.locator('button.group').first().click();
    await page.locator('.target').first().click();
    const panel = page.getByRole('region', { name: 'End of the round' });
    // The label of the pause button names its action, so aria-pressed is not used.
    await panel.getByRole('button', { name: 'Pause' }).click();
    await panel.getByRole('button', { name: 'Go on' }).waitFor();
    expect(await page.locator('[aria-pressed]:not(.group)').count()).toBe(0);
    // The first step may have come by itself already.
    if ((await panel.locator('.quiet').textContent())!.startsWith('0')) {
      await panel.getByRole('button', { name: 'Next step' }).click();
    }
    expect(await panel.locator('.step').textContent()).toMatch(
      /\+1 Player 1: line 1 is full, so a .* tile goes to the wall/,
    );
    expect(await page.locator('.cell.lit').count()).toBe(1);
    const steps = Number((await panel.locator('.quiet').textContent())!.split(' ').at(-1));
    for (let step = 1; step <= steps; step++) await panel.getByRole('button', { name: 'Next step' }).click();
    await panel.waitFor({ state: 'detached' });
    await page.getByText('Round 2.').waitFor();
  });

  test('on a phone the page fits, and taps play', async () => {
    const page = await open(GAME, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await tiles(page, 'factory 3', 'black').tap();
    await picture(page, 'phone');
    await page.locator('.target[data-destination="1"]').tap();
    await yourTurn(page).waitFor();
    expect((await movesOf(page))[1]).toBe('3K2');
    expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  test('the page works without a model that cannot be loaded, and reports it', async () => {
    const page = await open(GAME, {
      expected: /404/,
      prepare: (page) => page.route('**/models/*', (route) => route.fulfill({ status: 404 })),
    });
    await play(page, 'factory 2', 'red', 2);
    await page.getByText('The model for 2 players could not be loaded (azul-2p.onnx: 404').waitFor();
    await yourTurn(page).waitFor();
    expect(await movesOf(page)).toHaveLength(3);
  });

  test('a browser without WebAssembly SIMD gets the same answer later', async () => {
    const page = await open(GAME, {
      prepare: (page) =>
        page.route('**/assets/worker-*.js', async (route) => {
          const body = await (await route.fetch()).text();
          await route.fulfill({ body: `WebAssembly.validate = () => false;\n${body}`, contentType: 'text/javascript' });
        }),
    });
    await page.getByRole('button', { name: 'Hint' }).click();
    await page.getByText('This browser has no WebAssembly SIMD').waitFor();
    await page.locator('.group.suggested').waitFor();
    const position = parseSetUp(`start 2 moves ${DEAL}`);
    const { lines } = await openThinker().search(position, { sims: 400 }, { multipv: 1, seed: 0 });
    expect(await page.locator('.status').textContent()).toContain(words(position, lines[0]!.action));
  });

  test('an invalid address is reported with its place, and a game starts anyway', async () => {
    const page = await open('#play?seats=person,club&seed=1&start=2&moves=3B4');
    await page.getByText('move "3B4" comes where a deal is due').waitFor();
    await yourTurn(page).waitFor();
  });
});
