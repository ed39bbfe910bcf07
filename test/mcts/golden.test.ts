/**
 * One small search of Azul, stored whole. After an intended change of the search, record it with
 *
 *     GOLDEN=write npx vitest run test/mcts/golden.test.ts
 *
 * and put the difference into the same commit.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AzulGame } from '../../src/mcts/azul.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { azulPosition } from './azulPositions.js';
import { hashEvaluator } from './evaluators.js';
import { edgesOf, range, searched } from './running.js';

/** The nodes, with their followed edges. */
function summary(selection: 'gumbel' | 'puct'): unknown {
  const settings = searchSettings(32, { selection, considered: selection === 'puct' ? 0 : 8, noise: true, deals: 2 });
  const { tree, root } = searched(new AzulGame(2), {
    state: azulPosition(2, 4, 38),
    settings,
    evaluator: hashEvaluator(2),
    seed: 42,
    limit: 2,
  });
  const policy = new Float64Array(tree.game.actions);
  root.policy(policy);
  return {
    nodes: range(0, tree.nodes).map((node) => ({
      kind: tree.kind[node],
      mover: tree.mover[node],
      parent: tree.parent[node],
      proved: tree.proved[node],
      actions: tree.edgeCount[node],
      edges: edgesOf(tree, node)
        .slice(0, tree.opened[node])
        .map((edge) => ({
          action: tree.action[edge],
          prior: rounded(tree.prior[edge]!),
          child: tree.child[edge],
          visits: tree.visits[edge],
          total: rounded(tree.total[edge]!),
        })),
    })),
    policy: edgesOf(tree, 0).map((edge) => rounded(policy[edge]!)),
    play: tree.action[root.best()],
  };
}

/** Rounds to six digits: exponentials may differ in the last bit between machines. */
function rounded(x: number): number {
  return Number(x.toPrecision(6));
}

test.each(['gumbel', 'puct'] as const)('%s', (selection) => {
  const file = new URL(`golden/${selection}.json`, import.meta.url);
  const actual = summary(selection);
  if (process.env.GOLDEN === 'write') writeFileSync(file, `${JSON.stringify(actual, null, 1)}\n`);
  expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});
