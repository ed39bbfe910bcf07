import { Leaves } from '../../src/mcts/evaluator.js';
import { DECISION, type Game } from '../../src/mcts/game.js';
import { Search } from '../../src/mcts/search.js';
import type { SearchSettings } from '../../src/mcts/settings.js';
import { NONE, ROOT, type Tree } from '../../src/mcts/tree.js';
import type { SyncEvaluator } from './evaluators.js';

export interface Run {
  state: Int32Array;
  settings: SearchSettings;
  evaluator: SyncEvaluator;
  seed?: number;
  /** Leaves gathered at a time. */
  limit?: number;
  /** Called between batches, when no leaf is pending. */
  onBatch?: (search: Search) => void;
}

/** Searches a position to the end. */
export function searched(game: Game, { state, settings, evaluator, seed = 1, limit = 1, onBatch }: Run): Search {
  // The small capacity makes every test grow the arrays.
  const search = new Search(game, 4);
  const leaves = new Leaves(search.game, limit);
  search.begin(state, 0, settings, seed);
  while (!search.done) {
    leaves.count = 0;
    search.gather(leaves, limit);
    if (leaves.count > 0) evaluator.evaluate(leaves);
    search.receive(leaves);
    onBatch?.(search);
  }
  return search;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** A node's edges. */
export function edgesOf(tree: Tree, node: number): number[] {
  const first = tree.firstEdge[node]!;
  return first === NONE ? [] : range(first, first + tree.edgeCount[node]!);
}

/** The value vector of a node. */
export function valuesOf(tree: Tree, node: number): number[] {
  const size = tree.game.valueSize;
  return [...tree.values.subarray(node * size, (node + 1) * size)];
}

/** The results of a search: policy by action, values, and the chosen move. */
export function conclusion(search: Search): { policy: number[]; values: number[]; action: number } {
  const { tree, root } = search;
  const policy = new Float64Array(tree.game.actions);
  const values = new Float64Array(tree.game.valueSize);
  const count = root.policy(policy);
  root.values(policy, values);
  const byAction = new Array<number>(tree.game.actions).fill(0);
  for (let edge = 0; edge < count; edge++) byAction[tree.action[edge]!] = policy[edge]!;
  return { policy: byAction, values: [...values], action: tree.action[root.best()]! };
}

/** The meaningful content of a tree as JSON. Numbers are exact to the last bit, and comparison is fast. */
export function snapshot(search: Search): string {
  const { tree } = search;
  return JSON.stringify({
    started: search.started,
    nodes: range(0, tree.nodes).map((node) => ({
      state: [...tree.states.subarray(node * tree.game.stateSize, (node + 1) * tree.game.stateSize)],
      kind: tree.kind[node],
      parent: tree.parent[node],
      parentEdge: tree.parentEdge[node],
      opened: tree.opened[node],
      proved: tree.proved[node],
      values: tree.proved[node] === 1 || tree.kind[node] === DECISION ? valuesOf(tree, node) : [],
      edges: edgesOf(tree, node).map((edge) => ({
        action: tree.action[edge],
        prior: tree.prior[edge],
        child: tree.child[edge],
        started: tree.started[edge],
        visits: tree.visits[edge],
        total: tree.total[edge],
      })),
    })),
    root: edgesOf(tree, ROOT).map((edge) => search.root.edgeValues(edge)),
    ...conclusion(search),
  });
}
