/**
 * What is certain of a position: bounds of its mover's utility, after score-bounded MCTS (Cazenave & Saffidine 2010).
 * A finished game has equal bounds. A decision's are the greatest of its children's, so that one good enough move, or
 * one refutation, settles what the moves beside it can't change. Where bounds meet, the position is proved; so is one that
 * its game has solved, whose bounds tell no more than what is below it.
 *
 * With three players and more, a mover who has several best moves is taken to play the first that is found: max^n does not
 * say which (Sturtevant 2003), and for the others they may differ.
 */
import { DECISION } from './game.js';
import { LEAST, MOST, NONE, ROOT, type Tree } from './tree.js';

/** Least utility that a node's mover is sure of if it goes to that child. */
function lowerOf(tree: Tree, node: number, child: number): number {
  const mover = tree.mover[node]!;
  if (tree.proved[child] === 1) return tree.values[child * tree.game.valueSize + mover]!;
  if (tree.kind[child] !== DECISION) return LEAST;
  if (tree.mover[child] === mover) return tree.lower[child]!;
  return tree.game.players === 2 ? 0 - tree.upper[child]! : LEAST;
}

/** The most that it can hope for there. */
function upperOf(tree: Tree, node: number, child: number): number {
  const mover = tree.mover[node]!;
  if (tree.proved[child] === 1) return tree.values[child * tree.game.valueSize + mover]!;
  if (tree.kind[child] !== DECISION) return MOST;
  if (tree.mover[child] === mover) return tree.upper[child]!;
  return tree.game.players === 2 ? 0 - tree.lower[child]! : MOST;
}

/** Whether more simulations of an edge can't change what its decision is worth. */
export function isSettled(tree: Tree, node: number, edge: number): boolean {
  const child = tree.child[edge]!;
  if (child === NONE) return false;
  if (tree.proved[child] === 1) return true;
  return tree.lower[node]! > LEAST && upperOf(tree, node, child) <= tree.lower[node]!;
}

/**
 * The least simulated edge, of a decision that is not proved, that is not settled. At the root the opened ones come
 * first: those are the actions that it considers.
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

/** Draws the conclusions of a position that has just been proved for those that lead to it. */
export function propagateProof(tree: Tree, proved: number): void {
  for (let child = proved; child !== ROOT; ) {
    const node = tree.parent[child]!;
    if (tree.kind[node] !== DECISION) return;
    clampMean(tree, node, child);
    if (!tightenBounds(tree, node)) return;
    child = node;
  }
}

/** Keeps the mean value of the edge to a child within what is certain of it. */
function clampMean(tree: Tree, node: number, child: number): void {
  const edge = tree.parentEdge[child]!;
  const visits = tree.visits[edge]!;
  if (visits === 0) return;
  const mean = tree.total[edge]! / visits;
  tree.total[edge] = visits * Math.min(upperOf(tree, node, child), Math.max(lowerOf(tree, node, child), mean));
}

/** Takes a decision's bounds anew from its children's; false if nothing changed. */
function tightenBounds(tree: Tree, node: number): boolean {
  const first = tree.firstEdge[node]!;
  const opened = tree.opened[node]!;
  let lower = LEAST;
  let upper = opened < tree.edgeCount[node]! ? MOST : LEAST;
  let surest = NONE;
  for (let edge = first; edge < first + opened; edge++) {
    const child = tree.child[edge]!;
    const sure = lowerOf(tree, node, child);
    if (surest === NONE || sure > lower) {
      lower = sure;
      surest = child;
    }
    upper = Math.max(upper, upperOf(tree, node, child));
  }
  if (lower === tree.lower[node] && upper === tree.upper[node]) return false;
  tree.lower[node] = lower;
  tree.upper[node] = upper;
  if (lower === upper) {
    const { valueSize } = tree.game;
    tree.values.copyWithin(node * valueSize, surest * valueSize, (surest + 1) * valueSize);
    tree.proved[node] = 1;
  }
  return true;
}
