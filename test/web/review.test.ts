/** The review of a finished game: from its result to its errors, and to better moves. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { GreedyPlayer } from '../../src/arena/baselines.js';
import { type JudgedMove, judgeGame } from '../../src/arena/gameAnalysis.js';
import { placesOf, playMatch } from '../../src/arena/match.js';
import { openThinker } from '../../src/cli/openThinker.js';
import { parseMove, startPosition } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { accuracyOf, ERRORS, errorOf } from '../../web/src/analyse/accuracy.js';
import { errorsOf } from '../../web/src/analyse/errors.js';
import { reasons } from '../../web/src/analyse/explain.js';
import { plainText } from '../../web/src/table/sentence.js';
import { codesOf, describePage, expectAccessible, picture } from './browser.js';

const judgedMove = (more: Partial<JudgedMove>): JudgedMove => ({
  ply: 1,
  round: 1,
  seat: 0,
  move: '1B1',
  best: '1B2',
  pv: ['1B2'],
  before: [0, 0],
  after: [0, 0],
  margins: [0, 0],
  loss: 0,
  ...more,
});

test('classes of errors have fixed thresholds, and the best move is no error', () => {
  const classes = [0.02, 0.03, 0.07, 0.15].map((loss) => errorOf(judgedMove({ loss }))?.name);
  expect(classes).toEqual([undefined, 'slip', 'mistake', 'blunder']);
  expect(errorOf(judgedMove({ loss: 0.2, move: '1B2' }))).toBeUndefined();
});

test('accuracy follows Lichess’s formula, and uses the seat’s own moves alone', () => {
  const moves = [judgedMove({ loss: 0 }), judgedMove({ loss: 0.1 }), judgedMove({ seat: 1, loss: 0.9 })];
  expect(accuracyOf(moves.slice(0, 1), 0)).toBeCloseTo(1, 3);
  // 103.1668 exp(-0.04354 · 10) - 3.1669 = 63.58 percent.
  expect(accuracyOf(moves, 0)).toBeCloseTo((1 + 0.6358) / 2, 3);
  expect(accuracyOf(moves, 1)).toBe(0);
  expect(accuracyOf([], 0)).toBeNaN();
});

test('reasons: fallen tiles, the marker, points, a set, and the tiles that the next player took', () => {
  // A white tile in line 1 completes player 0's column 5.
  const position = parseSetUp(
    'YKKW/-/-/-/- 1RR 0;-,-,-,-,-;...../....K/....R/....Y/....B;-|0;-,-,-,-,-;...../...../...../...../.....;- 0 1 ' +
      '19,18,17,17,19 0,0,0,0,0',
  );
  const reply = { action: parseMove(position.rules, '1W1'), seat: 1, placed: 1, fallen: 0 };
  const sentences = (move: string, best: string) =>
    reasons({ position, move: judgedMove({ move, best }), names: ['Ann', 'Bo'], reply }).map(plainText);
  expect(sentences('1K1', '1W1')).toEqual([
    'It dropped 1 to the floor; the better move drops none.',
    'On the board it is worth ±0 points at the end of the round; the better move is worth +5 points.',
    'The better move completes a column (7 points at the end).',
    'Then Bo took 1 white from factory 1 to line 1: the white tiles that the better move takes.',
  ]);
  expect(sentences('cR2', '1W1')).toContain('It took the first-player marker, which costs a point.');
  expect(sentences('1W2', 'cR2')[0]).toBe('It left the first-player marker to others.');
});

/** A finished game of the greedy player against itself. */
async function finished(): Promise<{ start: ReturnType<typeof startPosition>; tokens: string[] }> {
  const contestants = [new GreedyPlayer(), new GreedyPlayer()];
  const [played] = await playMatch({ seats: 2, contestants, seed: 4, from: 0, to: 1 });
  return { start: startPosition(2), tokens: [...played!.tokens!] };
}

async function tryMove(page: Page, token: string): Promise<void> {
  const source = token[0] === 'c' ? 5 : Number(token[0]) - 1;
  const line = token[2] === 'f' ? 5 : Number(token[2]) - 1;
  await page.locator(`[data-source="${source}"] [data-colour="${'BYRKW'.indexOf(token[1]!)}"]`).click();
  await page.locator(`.target[data-destination="${line}"]`).click();
}

describePage('the review', (open) => {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test(`one click from the result: accuracy, explained errors, and another try, at ${viewport.width}×${viewport.height}`, async () => {
      const game = await finished();
      const { rules, state } = parseSetUp(['start 2 moves', ...game.tokens].join(' '));
      // The last move is made here, which stores the game.
      const query = new URLSearchParams({
        seats: 'person,person',
        seed: '1',
        start: '2',
        moves: game.tokens.slice(0, -1).join(' '),
      });
      const page = await open(`#play?${query}`, { viewport });
      await page.locator('button.group').first().waitFor();
      await tryMove(page, game.tokens.at(-1)!);
      await page.getByRole('button', { name: 'Skip' }).click();
      // The points of the result add up.
      const { scores } = placesOf(rules, state);
      const rows = await page
        .locator('.game-over tbody tr')
        .evaluateAll((all) =>
          all.map((row) =>
            [...(row as unknown as { cells: { textContent: string }[] }).cells].map((cell) => cell.textContent),
          ),
        );
      const sums = rows.map(([, tiles, ...rest]) => {
        const bonuses = rest.slice(0, 3).map((text) =>
          text
            .split(' × ')
            .map(Number)
            .reduce((a, b) => a * b),
        );
        expect(Number(tiles) + bonuses.reduce((a, b) => a + b)).toBe(Number(rest[3]));
        return Number(rest[3]);
      });
      expect(sums.toSorted((a, b) => a - b)).toEqual(scores.toSorted((a, b) => a - b));

      await page.getByRole('link', { name: 'Review' }).click();
      const review = page.getByRole('region', { name: 'Review' });
      await review.getByRole('heading', { name: 'Review' }).waitFor({ timeout: 120_000 });
      const judged = await judgeGame(game, openThinker(), { sims: 200, seed: 0 });
      const errors = errorsOf(game.tokens, judged);
      expect(errors.length).toBeGreaterThan(2);
      const counts = (seat: number) =>
        ERRORS.toReversed().map(
          (kind) => errors.filter((error) => error.kind === kind && error.move.seat === seat).length,
        );
      expect(await review.locator('tbody tr').allTextContents()).toEqual(
        [0, 1].map((seat) =>
          [`Player ${seat + 1}`, `${Math.round(100 * accuracyOf(judged, seat))} %`, ...counts(seat)].join(''),
        ),
      );
      expect(await review.locator('.legend').textContent()).toBe(
        'Loss of winning chance: ?! slip from 3 %, ? mistake from 7 %, ?? blunder from 15 %.',
      );
      expect(await page.locator('.chart .readout').first().textContent()).toBe('');
      await page.locator('.chart .u-over').first().hover();
      expect(await page.locator('.chart .readout').first().textContent()).toMatch(
        /^Round \d: Player 1 \d+ %, Player 2 \d+ %$/,
      );

      // Keys move from error to error.
      await page.keyboard.press('Home');
      await page.keyboard.press('n');
      await page.keyboard.press('n');
      await page.keyboard.press('p');
      const { move, kind } = errors[0]!;
      const card = page.locator('.error-card');
      await card
        .getByRole('heading', { name: `${kind.sign} Player ${move.seat + 1}, round ${move.round}: a ${kind.name}` })
        .waitFor();
      expect(await card.textContent()).toContain(`It cost ${Math.round(100 * move.loss)} % of the winning chance`);
      expect(await page.locator('.group.wrong').count()).toBe(1);
      expect(await page.locator('.group.suggested').count()).toBe(1);
      await page.getByText(/Best moves after/).waitFor();
      await expectAccessible(page);
      if (viewport.width > 1000) await picture(page, 'review');

      await card.getByRole('button', { name: 'Try again' }).click();
      expect(await page.locator('.group.suggested').count()).toBe(0);
      await tryMove(page, move.move);
      await card.getByText(`That is a ${kind.name} too`).waitFor();
      await tryMove(page, move.best);
      await card.getByText(/The best move!|A good move\./).waitFor();
      expect(await codesOf(page.locator('.move.tried .move-text'))).toEqual([]);

      // The review is stored with the game.
      await page.getByRole('navigation').getByRole('link', { name: 'Play' }).click();
      await page.getByRole('button', { name: 'Your games' }).click();
      const accuracy = `accuracy of Player 1 ${Math.round(100 * accuracyOf(judged, 0))} %`;
      expect(await page.locator('.your-games li').first().textContent()).toContain(accuracy);
      await page.locator('.your-games').getByRole('link', { name: 'Review' }).click();
      await page.locator('.judgement .uplot').first().waitFor();
    });
  }
});
