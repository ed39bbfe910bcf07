/** Invariants of every tree, for any game, evaluator and settings. */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { AzulGame } from '../../src/mcts/azul.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { azulPosition } from './azulPositions.js';
import { hashEvaluator } from './evaluators.js';
import { checkSearch } from './invariants.js';
import { searched } from './running.js';
import { RandomTree, treeShapes } from './toys/randomTree.js';

const settings = fc.record({
  simulations: fc.integer({ min: 1, max: 120 }),
  selection: fc.constantFrom('gumbel', 'puct'),
  considered: fc.constantFrom(0, 1, 3, 16),
  noise: fc.boolean(),
  deals: fc.constantFrom(0, 1, 3),
});

describe('random trees', () => {
  test('keep the invariants after every batch', () => {
    fc.assert(
      fc.property(
        treeShapes(),
        settings,
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        fc.constantFrom(0, 2, 200),
        (shape, changes, limit, seed, sharpness) => {
          const game = new RandomTree(shape);
          const expected = { deals: changes.deals, rootByPrior: changes.considered === 0 || !changes.noise };
          searched(game, {
            state: Int32Array.of(0),
            settings: searchSettings(changes.simulations, changes),
            evaluator: hashEvaluator(sharpness),
            seed,
            limit,
            onBatch: (search) => checkSearch(search, expected),
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe.each([2, 3, 4])('Azul for %i players', (players) => {
  test('trees keep the invariants for any start of the search, to the end of the game', () => {
    const game = new AzulGame(players);
    fc.assert(
      fc.property(settings, fc.nat(), fc.nat(150), fc.integer({ min: 1, max: 8 }), (changes, seed, plies, limit) => {
        const search = searched(game, {
          state: azulPosition(players, seed, plies),
          settings: searchSettings(Math.min(50, changes.simulations), changes),
          evaluator: hashEvaluator(4),
          seed,
          limit,
        });
        checkSearch(search, { deals: changes.deals, rootByPrior: changes.considered === 0 || !changes.noise });
      }),
      { numRuns: 10 },
    );
  });
});
