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
import { codesOf, describePage, expectAccessible } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';

/** A game of the greedy player against itself, or its first n deals and moves. */
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

/** The number of tokens before the move of a ply. */
const placeOf = ({ tokens }: RecordedGame, ply: number) =>
  [...tokens.keys()].filter((i) => !tokens[i]!.startsWith('='))[ply - 1]!;

const openPasted = async (page: Page, text: string) => {
  await page.getByLabel(/^A record, a position/).fill(text);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
};

describePage('the page that analyses', (open) => {
  test('a record: curves, the errors, arrow keys, another line, and a link to it', async () => {
    const { text, game } = await record();
    const page = await open('#analyse', { viewport: { width: 1280, height: 1250 } });
    await openPasted(page, text);
    await page.getByRole('button', { name: 'Analyse the game' }).click();
    await page.locator('.judgement .uplot').last().waitFor();
    const judged = await judgeGame(game, openThinker(), { sims: 200, seed: 0 });
    const worst = judged.toSorted((a, b) => b.loss - a.loss)[0]!;
    const first = page.locator('.errors button', { hasText: `round ${worst.round}: ` }).filter({
      has: page.locator(`[data-move="${worst.move}"] ~ [data-move="${worst.best}"]`),
    });
    await first.first().click();
    await page.getByText(/^Round .*Played: \d/).waitFor();
    expect(await codesOf(page.locator('.move-list [aria-current] .move-text'))).toEqual([
      game.tokens[placeOf(game, worst.ply) - 1],
    ]);
    await page.getByText(/Best moves after .000/).waitFor();

    await page.keyboard.press('Home');
    await page.getByText('A deal is due').waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await codesOf(page.locator('.move[aria-current] .move-text'))).toEqual([game.tokens[1]]);

    await page.locator('button.group').first().click();
    await page.locator('.target[data-destination="5"]').click();
    await page.getByRole('button', { name: 'Back to the game' }).waitFor();
    const [tried] = await codesOf(page.locator('.move.tried .move-text'));
    expect(tried).toMatch(/^..f$/);
    await page.getByRole('button', { name: 'Copy position' }).click();
    const position = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const line = ['start 2 moves', ...game.tokens.slice(0, 2), tried].join(' ');
    expect(position).toBe(printPosition(parseSetUp(line)));
    await page.getByRole('button', { name: 'Copy link' }).click();
    const link = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const again = await open(new URL(link).hash);
    expect(await codesOf(again.locator('.move.tried .move-text'))).toEqual([tried]);
    await again.getByRole('button', { name: 'Back to the game' }).click();
    expect(await again.locator('.move:not(.tried)').count()).toBe(
      game.tokens.filter((token) => !token.startsWith('=')).length,
    );
  });

  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const size = `${viewport.width}×${viewport.height}`;

    test(`a record opens at its first decision, and a button leads to the position before it, at ${size}`, async () => {
      const { text } = await record(9);
      const page = await open('#analyse', { viewport });
      await openPasted(page, text);
      await page.getByRole('heading', { name: 'Blanca to move' }).waitFor();
      await page.getByText('Round 1. Played:').waitFor();
      expect(await page.locator('button.group').count()).toBeGreaterThan(5);
      expect(await page.locator('.deal').first().getAttribute('aria-current')).toBe('step');
      await page.getByRole('button', { name: 'to the start' }).click();
      await page.getByText('Before round 1.').waitFor();
      expect(await page.locator('button.group').count()).toBe(0);
      // The link to the open tab does not close the game.
      await page.getByRole('navigation').getByRole('link', { name: 'Analyse' }).click();
      await page.getByRole('button', { name: 'one on' }).click();
      await page.getByRole('heading', { name: 'Blanca to move' }).waitFor();
    });

    test(`lines can be tried beside the game, made the main line, and deleted, at ${size}`, async () => {
      const page = await open(`#analyse?start=2&moves=${encodeURIComponent(`${DEAL} 2R2 cW4`)}&at=1`, { viewport });
      await page.getByLabel('Think along').uncheck();
      const own = () => codesOf(page.locator('.move:not(.tried) .move-text'));
      const lines = page.locator('.tried-line');
      const tryLine = async (line: number) => {
        await page.locator('[data-source="1"] [data-colour="2"]').click();
        await page.locator(`.target[data-destination="${line}"]`).click();
        await page.getByRole('button', { name: 'Back to the game' }).click();
      };
      await tryLine(2);
      await tryLine(3);
      expect(await own()).toEqual(['2R2', 'cW4']);
      expect(await codesOf(lines.locator('.move-text'))).toEqual(['2R3', '2R4']);
      await page.reload();
      await lines.nth(1).locator('.move').click();
      expect(await codesOf(page.locator('.move[aria-current] .move-text'))).toEqual(['2R4']);
      await lines.nth(1).getByRole('button', { name: 'Make it the game' }).click();
      expect(await own()).toEqual(['2R4']);
      expect(await codesOf(lines.locator('.move-text'))).toEqual(['2R3', '2R2', 'cW4']);
      await lines.first().getByRole('button', { name: 'Delete' }).click();
      expect(await codesOf(lines.locator('.move-text'))).toEqual(['2R2', 'cW4']);
      // The first round can be dealt again.
      await page.keyboard.press('Home');
      await page.getByRole('button', { name: 'Another deal' }).click();
      expect(await own()).toEqual(['2R4']);
      expect(await lines.count()).toBe(2);
      await expectAccessible(page);
    });

    test(`a move that is played during the analysis of the game is analysed too, at ${size}`, async () => {
      const { text, game } = await record(20);
      // The search of the third position waits until the move is played.
      const page = await open('#analyse', {
        viewport,
        prepare: (page) =>
          page.addInitScript(`const post = Worker.prototype.postMessage;
            window.searches = 0;
            Worker.prototype.postMessage = function (data) {
              if (data.kind === 'search' && ++window.searches === 3) window.release = () => post.call(this, data);
              else post.call(this, data);
            };`),
      });
      await page.getByLabel('Think along').uncheck();
      await openPasted(page, text);
      await page.getByRole('button', { name: 'to the end' }).click();
      await page.evaluate('window.searches = 0');
      await page.getByRole('button', { name: 'Analyse the game' }).click();
      await expect.poll(() => page.evaluate('typeof window.release'), { timeout: 20_000 }).toBe('function');
      await page.locator('button.group').last().click();
      await page.locator('.target').last().click();
      await page.evaluate('window.release()');
      const end = page.locator('.judgement [role=img]').first();
      await end.waitFor();
      const moves = await codesOf(page.locator('.move .move-text'));
      expect(moves).toHaveLength(game.tokens.filter((token) => !token.startsWith('=')).length + 1);
      const judged = await judgeGame(
        { start: startPosition(2), tokens: [...game.tokens, moves.at(-1)!] },
        openThinker(),
        {
          sims: 200,
          seed: 0,
        },
      );
      expect(judged).toHaveLength(moves.length);
      const last = judged.at(-1)!.before.map((value) => `${Math.round(50 * (1 + value))} %`);
      expect(await end.getAttribute('aria-label')).toMatch(
        new RegExp(`at its end: Blanca ${last[0]}, Inês ${last[1]}$`),
      );
      // A move that is played after the analysis offers a new analysis.
      await page.locator('button.group').last().click();
      await page.locator('.target').last().click();
      await page.getByRole('button', { name: 'Analyse the game' }).click();
      await end.waitFor();
      expect(await page.locator('.move').count()).toBe(moves.length + 1);
    });

    test(`the numbers of simulations and lines can be chosen, at ${size}`, async () => {
      const page = await open(`#analyse?start=2&moves=${encodeURIComponent(DEAL)}`, { viewport });
      await page.getByLabel('Lines').selectOption('3');
      await page.getByLabel('Simulations').selectOption('1,000');
      await page.getByText('Best moves after 1000 simulations').waitFor();
      await page.getByText('thinking on…').waitFor({ state: 'detached' });
      expect(await page.locator('.lines tbody tr:not(.pv)').count()).toBe(3);
      await page.getByLabel('Simulations').selectOption('20,000');
      await page.getByText('Best moves after 1000 simulations, thinking on…').waitFor();
    });

    test(`Play from here makes a new deal each time, at ${size}`, async () => {
      const page = await open('#analyse', { viewport });
      const seeds = new Set<string | null>();
      const deals = new Set<string | undefined>();
      for (let time = 0; time < 3; time++) {
        await page.getByRole('link', { name: 'Play from here' }).click();
        await page.getByRole('heading', { name: 'Your turn' }).waitFor();
        const query = new URLSearchParams(new URL(page.url()).hash.split('?')[1]);
        seeds.add(query.get('seed'));
        deals.add(query.get('moves')?.split(' ')[0]);
        await page.getByRole('link', { name: 'Analyse', exact: true }).first().click();
      }
      expect([seeds.size, deals.size]).toEqual([3, 3]);
    });
  }

  test('a file that can’t be opened is reported with the place of the error', async () => {
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
    await page.getByText('Player 2 to move').waitFor();
  });

  test('a file with more than one game asks which to open', async () => {
    const { text } = await record(5);
    const page = await open('#analyse');
    const file = { name: 'games.txt', mimeType: 'text/plain', buffer: Buffer.from(`${text}\n${text}`) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByLabel('2 games; which one?').selectOption({ index: 2 });
    await page.getByRole('button', { name: 'Analyse the game' }).waitFor();
  });

  test('Play from here keeps the seats of a played game', async () => {
    const page = await open(`#play?seats=casual,person&seed=7&start=2&moves=${encodeURIComponent(`${DEAL} 2R2`)}`);
    await page.getByRole('link', { name: 'Analyse' }).last().click();
    await page.getByRole('link', { name: 'Play from here' }).click();
    await page.getByRole('heading', { name: 'Your turn' }).waitFor();
    expect(await page.locator('.board h2').allTextContents()).toEqual(['Casual', 'You']);
  });

  test('a finished game leads to the analysis, and the analysis leads to a new game', async () => {
    const page = await open(`#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(`${DEAL} 2R2 3K3`)}`);
    await page.getByRole('link', { name: 'Analyse' }).last().click();
    await page.getByText('You to move').waitFor();
    expect(await codesOf(page.locator('.move .move-text'))).toEqual(['2R2', '3K3']);
    await page.getByRole('link', { name: 'Play from here' }).click();
    await page.getByRole('heading', { name: 'Your turn' }).waitFor();
  });
});

describePage('accessibility', (open) => {
  const game = `#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(DEAL)}`;
  for (const colorScheme of ['light', 'dark'] as const) {
    // Only the colours depend on the theme.
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
