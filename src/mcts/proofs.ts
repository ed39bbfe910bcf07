/**
 * Bounds of the utility of a position's mover, after score-bounded MCTS (Cazenave & Saffidine 2010). A finished game has
 * equal bounds. The bounds of a decision are the maxima of its children's bounds, so one good move or one refutation can
 * settle a position. A position with equal bounds is proved. A position that its game has solved is proved too; its bounds
 * come only from the tree below it.
 *
 * With three or more players a mover may have several best moves that differ for the others. Max^n does not say which one is
 * played (Sturtevant 2003); here it is the first one found.
 */
import { DECISION } from './game.js';
import { MAX_UTILITY, MIN_UTILITY, NONE, ROOT, type Tree } from './tree.js';

/** Lower bound of the utility of a node's mover if it moves to a child. */
function lowerOf(tree: Tree, node: number, child: number): number {
  const mover = tree.mover[node]!;
  if (tree.proved[child] === 1) return tree.values[child * tree.game.valueSize + mover]!;
  if (tree.kind[child] !== DECISION) return MIN_UTILITY;
  if (tree.mover[child] === mover) return tree.lower[child]!;
  return tree.game.players === 2 ? 0 - tree.upper[child]! : MIN_UTILITY;
}

/** Upper bound of the same. */
function upperOf(tree: Tree, node: number, child: number): number {
  const mover = tree.mover[node]!;
  if (tree.proved[child] === 1) return tree.values[child * tree.game.valueSize + mover]!;
  if (tree.kind[child] !== DECISION) return MAX_UTILITY;
  if (tree.mover[child] === mover) return tree.upper[child]!;
  return tree.game.players === 2 ? 0 - tree.lower[child]! : MAX_UTILITY;
}

/** Whether more simulations of an edge can't change the value of its decision. */
export function isSettled(tree: Tree, node: number, edge: number): boolean {
  const child = tree.child[edge]!;
  if (child === NONE) return false;
  if (tree.proved[child] === 1) return true;
  return tree.lower[node]! > MIN_UTILITY && upperOf(tree, node, child) <= tree.lower[node]!;
}

/**
 * Returns the edge with the fewest simulations among those that are not settled, for a decision that is not proved. At the
 * root opened edges come first, because those are the considered actions.
 */
export function unsettledEdge(tree: Tree, node: number): number {
  const first = tree.firstEdge[node]!;
  const end = first + tree.opened[node]!;
  const unopened = tree.opened[node]! < tree.edgeCount[node]! ? end : NONE;
  if (unopened !== NONE && node !== ROOT) return unopened;
  let best = NONE;
  for (let edge = first; edge < end; edge++) {
    if (isSettled(tree, node, edge)) continue;
    if (best === NONE || tree.started[edge]! < tree.started[best]!) best = edge;
  }
  return best === NONE ? unopened : best;
}

/** Updates the bounds of all positions above one that has just been proved. */
export function propagateProof(tree: Tree, proved: number): void {
  for (let child = proved; child !== ROOT; ) {
    const node = tree.parent[child]!;
    if (tree.kind[node] !== DECISION) return;
    clampMean(tree, node, child);
    if (!tightenBounds(tree, node)) return;
    child = node;
  }
}

/** Clamps the mean value of the edge to a child to the child's bounds. */
function clampMean(tree: Tree, node: number, child: number): void {
  const edge = tree.parentEdge[child]!;
  const visits = tree.visits[edge]!;
  if (visits === 0) return;
  const mean = tree.total[edge]! / visits;
  tree.total[edge] = visits * Math.min(upperOf(tree, node, child), Math.max(lowerOf(tree, node, child), mean));
}

/** Computes a decision's bounds from its children's; false if nothing changed. */
function tightenBounds(tree: Tree, node: number): boolean {
  const first = tree.firstEdge[node]!;
  const opened = tree.opened[node]!;
  let lower = MIN_UTILITY;
  let upper = opened < tree.edgeCount[node]! ? MAX_UTILITY : MIN_UTILITY;
  let best = NONE;
  for (let edge = first; edge < first + opened; edge++) {
    const child = tree.child[edge]!;
    const bound = lowerOf(tree, node, child);
    if (best === NONE || bound > lower) {
      lower = bound;
      best = child;
    }
    upper = Math.max(upper, upperOf(tree, node, child));
  }
  if (lower === tree.lower[node] && upper === tree.upper[node]) return false;
  tree.lower[node] = lower;
  tree.upper[node] = upper;
  if (lower === upper) {
    const { valueSize } = tree.game;
    tree.values.copyWithin(node * valueSize, best * valueSize, (best + 1) * valueSize);
    tree.proved[node] = 1;
  }
  return true;
}
