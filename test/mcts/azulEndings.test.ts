/** Endings of the last round, after which no deal follows, compared with exhaustive search of all moves. */
import { describe, expect, test } from 'vitest';
import { AzulGame } from '../../src/mcts/azul.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { after, endings, minimax } from './endings.js';
import { UNIFORM } from './evaluators.js';
import { checkSearch } from './invariants.js';
import { conclusion, searched, valuesOf } from './running.js';

const exploring = { considered: 0, gumbel: { cVisit: 1, cScale: 0 }, endgame: 0 };

describe('two players', () => {
  const game = new AzulGame(2);
  const positions = endings(2, 6, 25);

  test('a search that tries every move proves the exact value and plays for it', () => {
    let proved = 0;
    for (const state of positions) {
      const exact = minimax(game, state);
      const settings = searchSettings(60_000, exploring);
      const search = searched(game, { state, settings, evaluator: UNIFORM });
      if (search.tree.proved[ROOT] === 0) continue;
      proved++;
      expect(valuesOf(search.tree, ROOT)[0]).toBe(exact);
      expect(minimax(game, after(game, state, conclusion(search).action))).toBe(exact);
    }
    expect(proved).toBeGreaterThan(15);
  });

  // Gumbel's constants trust early values: the search may never try a reply whose first visits were bad.
  test.each([
    ['gumbel', 0, 0],
    ['gumbel', 32, 0],
    ['puct', 0, 0],
  ] as const)(
    '%s with its default constants, %i considered, gives away at most %d a move',
    (selection, considered, most) => {
      let given = 0;
      for (const state of positions) {
        const settings = searchSettings(4000, { selection, considered, endgame: 0 });
        const { action } = conclusion(searched(game, { state, settings, evaluator: UNIFORM }));
        given += Math.abs(minimax(game, after(game, state, action)) - minimax(game, state));
      }
      expect(given / positions.length).toBeLessThanOrEqual(most);
    },
  );
});

test.each([3, 4])('%i players: every step of a proof is right', (players) => {
  const game = new AzulGame(players);
  let proved = 0;
  for (const state of endings(players, 3, 5)) {
    const search = searched(game, { state, settings: searchSettings(20_000, exploring), evaluator: UNIFORM });
    proved += search.tree.proved[ROOT]!;
    if (search.tree.nodes < 500) checkSearch(search, { deals: 0, rootByPrior: true });
  }
  expect(proved).toBeGreaterThan(2);
});
