/** A node is proved only with the values of exhaustive max^n. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANCE, TERMINAL } from '../../src/mcts/game.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { hashEvaluator } from './evaluators.js';
import { checkSearch } from './invariants.js';
import { conclusion, edgesOf, range, searched, valuesOf } from './running.js';
import { RandomTree, treeShapes } from './toys/randomTree.js';

/** The value vectors that max^n allows a position, one for each way to break ties. None if chance is involved. */
function maxn(game: RandomTree, index: number): number[][] {
  const { kind, mover, children, values } = game.positions[index]!;
  if (kind === TERMINAL) return [values];
  if (kind === CHANCE) return [];
  const vectors = children.map((child) => maxn(game, child));
  // Tie-breaking does not change the mover's own value, so that any vector of a child shows it.
  const own = vectors.map((v) => v[0]?.[mover] ?? -1);
  const best = Math.max(...own);
  if (children.some((child, i) => vectors[i]!.length === 0 && atMost(game, child, mover) > best)) return [];
  return vectors.filter((_, i) => own[i] === best).flat();
}

/** The maximum result of a player in a position, for any outcomes of chance. */
function atMost(game: RandomTree, index: number, player: number): number {
  const { kind, mover, children, values } = game.positions[index]!;
  if (kind === TERMINAL) return values[player]!;
  if (kind === CHANCE) return 1;
  const most = children.map((child) => atMost(game, child, player));
  if (mover === player) return Math.max(...most);
  if (game.players === 2) return Math.min(...most);
  return maxn(game, index)[0]?.[player] ?? 1;
}

const settings = fc.record({
  simulations: fc.constantFrom(20, 400),
  selection: fc.constantFrom('gumbel', 'puct'),
  considered: fc.constantFrom(0, 16),
  deals: fc.constantFrom(0, 2),
  gumbel: fc.constantFrom({ cVisit: 50, cScale: 1 }, { cVisit: 1, cScale: 0 }),
});

describe('random trees', () => {
  test('every proved node has its max^n values, with many ties and with none', () => {
    let proved = 0;
    fc.assert(
      fc.property(
        treeShapes({ depth: 4, width: 4 }),
        settings,
        fc.integer({ min: 1, max: 8 }),
        (shape, changes, limit) => {
          // Max^n is ambiguous where a mover's tie matters to others: a mover's own value may then depend on how the others break
          // their ties. `checkSearch` checks each step, and whole vectors are compared where utilities have no ties.
          const game = new RandomTree(shape);
          const search = searched(game, {
            state: Int32Array.of(0),
            settings: searchSettings(changes.simulations, changes),
            evaluator: hashEvaluator(),
            limit,
          });
          checkSearch(search, { deals: changes.deals, rootByPrior: true });
          const { tree } = search;
          for (const edge of edgesOf(tree, ROOT)) {
            const child = tree.child[edge]!;
            const mover = tree.mover[ROOT]!;
            if (tree.proved[child] === 1) expect(search.root.edgeValues(edge)).toEqual(valuesOf(tree, child));
            // The edge of an unproved child has its mean value for the mover, whatever bounds are proved.
            else if (tree.visits[edge]! > 0) expect(search.root.edgeValues(edge)[mover]).toBe(tree.meanValue(edge));
          }
          for (const node of range(0, tree.nodes)) {
            if (tree.proved[node] === 0) continue;
            if (shape.utilities < 1_000_000) continue;
            expect(maxn(game, tree.states[node]!)).toContainEqual(valuesOf(tree, node));
            if (tree.kind[node] !== TERMINAL) proved++;
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(proved).toBeGreaterThan(10);
  });

  test('without chance an exhaustive search proves the root, and plays for its value', () => {
    fc.assert(
      fc.property(
        treeShapes({ chance: 0, depth: 4, width: 4, utilities: 1_000_000 }),
        fc.constantFrom(0, 16),
        (s, considered) => {
          const game = new RandomTree(s);
          if (game.positions[0]!.kind === TERMINAL) return;
          const settings = searchSettings(20_000, { considered, gumbel: { cVisit: 1, cScale: 0 } });
          const search = searched(game, { state: Int32Array.of(0), settings, evaluator: hashEvaluator(1) });
          const values = maxn(game, 0)[0]!;
          expect(search.tree.proved[ROOT]).toBe(1);
          expect(valuesOf(search.tree, ROOT)).toEqual(values);
          expect(conclusion(search).values).toEqual(values);
          const { children, actions } = game.positions[0]!;
          const child = children[actions.indexOf(conclusion(search).action)]!;
          expect(maxn(game, child)).toContainEqual(values);
        },
      ),
      { numRuns: 60 },
    );
  });
});
