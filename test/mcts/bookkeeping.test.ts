/** What must hold of every tree, whatever the game, the evaluator and the settings. */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { searchSettings } from '../../src/mcts/settings.js';
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
  test('add up after every batch', () => {
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
