/** Invalid calls are refused, and extreme ones end. */
import { expect, test } from 'vitest';
import { AzulGame } from '../../src/mcts/azul.js';
import { Leaves } from '../../src/mcts/evaluator.js';
import { Search } from '../../src/mcts/search.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { azulPosition } from './azulPositions.js';
import { UNIFORM } from './evaluators.js';
import { conclusion, searched, snapshot } from './running.js';
import { ChanceNim } from './toys/chanceNim.js';
import { TicTacToe } from './toys/ticTacToe.js';

const MESSAGE = 'only a position with a player to move can be searched';

test.each([
  ['finished by a win', 'xxx oo. ...'],
  ['finished by a draw', 'xox xox oxo'],
])('a position %s is refused', (_, text) => {
  const game = new TicTacToe();
  expect(() => new Search(game).begin(game.position(text), 0, searchSettings(10), 1)).toThrow(MESSAGE);
});

test('a position that waits for a deal is refused, and the search accepts the next position', () => {
  const game = new AzulGame(2);
  const search = new Search(game);
  const leaves = new Leaves(game, 1);
  const settings = searchSettings(10);
  expect(() => search.begin(game.rules.start(), 0, settings, 1)).toThrow(MESSAGE);
  const state = azulPosition(2, 1, 3);
  search.begin(state, 0, settings, 1);
  while (!search.done) {
    leaves.count = 0;
    search.gather(leaves, 1);
    UNIFORM.evaluate(leaves);
    search.receive(leaves);
  }
  expect(snapshot(search)).toBe(snapshot(searched(game, { state, settings, evaluator: UNIFORM })));
});

test.each([0, -1, Number.NaN])('%i simulations are refused', (simulations) => {
  const game = new TicTacToe();
  const begin = () => new Search(game).begin(game.position('... ... ...'), 0, searchSettings(simulations), 1);
  expect(begin).toThrow('simulations must be at least 1');
});

test('an infinite search hands back control, though all its simulations end at known values', () => {
  const game = new ChanceNim();
  const search = new Search(game);
  const leaves = new Leaves(game, 8);
  search.begin(Int32Array.of(3, 0, 0), 0, searchSettings(Number.POSITIVE_INFINITY, { deals: 0 }), 1);
  for (let batch = 0; batch < 50; batch++) {
    leaves.count = 0;
    search.gather(leaves, 8);
    UNIFORM.evaluate(leaves);
    search.receive(leaves);
  }
  expect(search.started).toBeGreaterThan(50);
  expect(search.tree.nodes).toBeLessThan(5);
});

test('priors that are 0 in float32 do no harm', () => {
  const game = new TicTacToe();
  for (const considered of [0, 9]) {
    const settings = searchSettings(100, { considered });
    const state = game.position('x.. .o. ...');
    const search = searched(game, {
      state,
      settings,
      evaluator: {
        evaluate({ logits, values, count }) {
          for (let i = 0; i < 9 * count; i++) logits[i] = -400 * (i % 9);
          values.fill(0);
        },
      },
    });
    expect(search.started).toBe(100);
    const { policy } = conclusion(search);
    expect(policy.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
  }
});
