/** Trees that are kept from one search to the next. */
import { describe, expect, test } from 'vitest';
import { AzulGame } from '../../src/mcts/azul.js';
import { DECISION } from '../../src/mcts/game.js';
import { visitPlan } from '../../src/mcts/halving.js';
import type { Search } from '../../src/mcts/search.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { NONE, ROOT } from '../../src/mcts/tree.js';
import { azulPosition } from './azulPositions.js';
import { hashEvaluator } from './evaluators.js';
import { checkSearch, sum } from './invariants.js';
import { edgesOf, range, searched, searchOn, snapshot } from './running.js';

const evaluator = hashEvaluator();

function stateOf({ tree, game }: Search, node: number): Int32Array {
  return tree.states.slice(node * game.stateSize, (node + 1) * game.stateSize);
}

/** Nodes that a later search can begin from. */
function expandedDecisions({ tree }: Search): number[] {
  return range(1, tree.nodes).filter((node) => tree.kind[node] === DECISION && tree.firstEdge[node] !== NONE);
}

describe.each(['gumbel', 'puct'] as const)('%s', (selection) => {
  test.each([2, 3])('what is kept of a tree is what a search from there had found, %i players', (players) => {
    const game = new AzulGame(players);
    const settings = searchSettings(300, { selection, considered: 0, deals: 0, reuse: true });
    const state = azulPosition(players, 3, 2);
    const all = expandedDecisions(searched(game, { state, settings, evaluator })).filter((_, i) => i % 5 === 0);
    expect(all.length).toBeGreaterThan(5);
    for (const node of all) {
      const search = searched(game, { state, settings, evaluator });
      const visits = search.tree.visits[search.tree.parentEdge[node]!]!;
      if (visits < 2) continue;
      const below = stateOf(search, node);
      search.begin(below, 0, settings, 1);
      const alone = searched(game, { state: below, settings: { ...settings, simulations: visits - 1 }, evaluator });
      expect(JSON.parse(snapshot(search)).nodes).toEqual(JSON.parse(snapshot(alone)).nodes);
      for (const edge of edgesOf(search.tree, ROOT)) {
        if (search.tree.visits[edge] === 0) continue;
        search.root.edgeValues(edge).forEach((value, i) => {
          expect(value).toBeCloseTo(alone.root.edgeValues(edge)[i]!, 9);
        });
      }
    }
  });
});

test('halving plans its simulations anew, on top of those that are there', () => {
  const game = new AzulGame(2);
  const settings = searchSettings(64, { deals: 2, reuse: true });
  let state = azulPosition(2, 5, 3);
  const search = searched(game, { state, settings, evaluator, seed: 1 });
  let kept = 0;
  for (let ply = 1; ply < 12; ply++) {
    const child = search.tree.child[search.root.best()]!;
    if (search.tree.kind[child] !== DECISION) break;
    state = stateOf(search, child);
    search.begin(state, 0, settings, ply);
    const edges = edgesOf(search.tree, ROOT);
    const before = new Map(edges.map((edge) => [search.tree.action[edge]!, search.tree.started[edge]!]));
    const inherited = sum([...before.values()]);
    if (inherited > 0) kept++;
    searchOn(search, { state, settings, evaluator, seed: ply });
    checkSearch(search, { deals: 2, rootByPrior: false, inherited });
    const added = edges.map((edge) => search.tree.started[edge]! - before.get(search.tree.action[edge]!)!);
    const planned = new Array<number>(edges.length).fill(0);
    for (const visits of visitPlan(Math.min(16, edges.length), 64)) planned[planned.indexOf(visits)]!++;
    expect(added.toSorted()).toEqual(planned.toSorted());
  }
  expect(kept).toBeGreaterThan(3);
});

test('a position that the last search did not come by is searched afresh', () => {
  const game = new AzulGame(2);
  const settings = searchSettings(64, { reuse: true });
  const search = searched(game, { state: azulPosition(2, 1, 4), settings, evaluator });
  const run = { state: azulPosition(2, 2, 4), settings, evaluator, seed: 9 };
  expect(snapshot(searchOn(search, run))).toBe(snapshot(searched(game, run)));
});
