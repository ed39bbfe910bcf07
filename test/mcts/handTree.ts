import { DECISION } from '../../src/mcts/game.js';
import { NONE, Tree } from '../../src/mcts/tree.js';
import { TicTacToe } from './toys/ticTacToe.js';

export interface EdgeSketch {
  prior: number;
  /** Mean of the values that have come back. Meaningless if `visits` is 0. */
  q?: number;
  visits?: number;
  /** Simulations that are still pending. */
  out?: number;
}

/** A tree of one node with these edges; visited edges come first. */
export function handTree(own: number, edges: readonly EdgeSketch[]): Tree {
  const tree = new Tree(new TicTacToe(), 1);
  const node = tree.addNode(NONE, NONE);
  tree.kind[node] = DECISION;
  tree.mover[node] = 1;
  tree.values.set([-own, own]);
  tree.firstEdge[node] = 0;
  tree.edgeCount[node] = edges.length;
  for (const { prior, q = 0, visits = 0, out = 0 } of edges) {
    const edge = tree.addEdge(tree.edges, prior);
    tree.visits[edge] = visits;
    tree.started[edge] = visits + out;
    tree.total[edge] = q * visits;
    if (visits + out > 0) tree.opened[node]!++;
  }
  return tree;
}
