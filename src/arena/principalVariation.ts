import { canonicalise } from '../game/canonical.js';
import type { AzulGame } from '../mcts/azul.js';
import { DECISION } from '../mcts/game.js';
import type { Search } from '../mcts/search.js';
import { NONE, ROOT, type Tree } from '../mcts/tree.js';
import { originalAction } from './searchPlayer.js';

/** The most visited play below a root edge, and the solved play to the end of the game, in the position's numbering. */
export function principalVariation(search: Search, rootEdge: number, position: Int32Array): number[] {
  const { tree } = search;
  const game = search.game as AzulGame;
  const state = position.slice();
  const pv: number[] = [];
  let node = ROOT;
  let edge = rootEdge;
  while (edge !== NONE) {
    const expected = tree.action[edge]!;
    pv.push(play(game, state, () => expected));
    node = tree.child[edge]!;
    edge = node === NONE || tree.kind[node] !== DECISION || tree.opened[node] === 0 ? NONE : expectedEdge(tree, node);
  }
  if (node === NONE || tree.kind[node] !== DECISION || !tree.proved[node]) return pv;
  while (game.kind(state, 0) === DECISION) pv.push(play(game, state, (sorted) => game.solution(sorted, 0)));
  return pv;
}

/** Plays the action chosen for the position with sorted factories, and returns it in the position's numbering. */
function play(game: AzulGame, state: Int32Array, choose: (sorted: Int32Array) => number): number {
  const order: number[] = [];
  const sorted = state.slice();
  canonicalise(game.rules, sorted, 0, order);
  const action = originalAction(game, choose(sorted), order);
  game.rules.apply(state, 0, action);
  return action;
}

/**
 * Returns the most visited edge. For a proved node it is an edge with the proved value instead, because settled edges get no
 * more visits; NONE if the game has solved the node and no such edge is known.
 */
function expectedEdge(tree: Tree, node: number): number {
  const first = tree.firstEdge[node]!;
  const end = first + tree.opened[node]!;
  const { valueSize } = tree.game;
  const value = (of: number) => tree.values[of * valueSize + tree.mover[node]!]!;
  let best = first;
  for (let edge = first; edge < end; edge++) {
    const child = tree.child[edge]!;
    if (tree.proved[node] && child !== NONE && tree.proved[child] && value(child) === value(node)) return edge;
    if (tree.visits[edge]! > tree.visits[best]!) best = edge;
  }
  return tree.proved[node] ? NONE : best;
}
