import { expect } from 'vitest';
import { CHANCE, DECISION, TERMINAL } from '../../src/mcts/game.js';
import type { Search } from '../../src/mcts/search.js';
import { NONE, ROOT, type Tree } from '../../src/mcts/tree.js';
import { edgesOf, range, valuesOf } from './running.js';

export interface Expected {
  /** Outcomes sampled at a chance node. */
  deals: number;
  /** Whether the root's unopened edges are sorted by prior, which Gumbel noise prevents. */
  rootByPrior: boolean;
}

/** Checks the invariants of a search in which nothing waits for its evaluation. */
export function checkSearch(search: Search, expected: Expected): void {
  const { tree } = search;
  checkLinks(tree);
  expect(sum(edgesOf(tree, ROOT).map((edge) => tree.started[edge]!))).toBe(search.started);
  for (const node of range(0, tree.nodes)) {
    if (tree.kind[node] === TERMINAL) checkFinished(tree, node);
    else if (tree.kind[node] === CHANCE) checkChance(tree, node, expected.deals);
    else checkDecision(tree, node, node !== ROOT || (expected.rootByPrior && !search.root.halving));
    checkProof(tree, node);
    for (const edge of edgesOf(tree, node)) checkEdge(tree, node, edge);
  }
}

/** Checks that every node except the root hangs on one edge, and that every edge belongs to one node. */
function checkLinks(tree: Tree): void {
  const seen = new Set<number>();
  for (const node of range(0, tree.nodes)) {
    for (const edge of edgesOf(tree, node)) {
      expect(seen.has(edge)).toBe(false);
      seen.add(edge);
      const child = tree.child[edge]!;
      if (child === NONE) continue;
      expect([tree.parent[child], tree.parentEdge[child]]).toEqual([node, edge]);
    }
    if (node !== ROOT) expect(tree.child[tree.parentEdge[node]!]).toBe(node);
  }
  expect(seen.size).toBe(tree.edges);
  expect([tree.parent[ROOT], tree.parentEdge[ROOT]]).toEqual([NONE, NONE]);
}

/** The number of simulations that reached a node. */
function visitsTo(tree: Tree, node: number): number {
  return node === ROOT ? NaN : tree.visits[tree.parentEdge[node]!]!;
}

function checkFinished(tree: Tree, node: number): void {
  expect(tree.firstEdge[node]).toBe(NONE);
  const values = new Float32Array(tree.game.valueSize);
  tree.game.outcome(tree.states, node * tree.game.stateSize, values, 0);
  expect(valuesOf(tree, node)).toEqual([...values]);
}

function checkChance(tree: Tree, node: number, deals: number): void {
  const edges = edgesOf(tree, node);
  expect(edges.length).toBe(deals);
  checkPrefix(tree, node);
  if (deals === 0) return;
  const visits = edges.map((edge) => tree.visits[edge]!);
  // The first visit is the node's own evaluation.
  expect(sum(visits)).toBe(visitsTo(tree, node) - 1);
  // Outcomes are followed in turn.
  expect(Math.max(...visits) - Math.min(...visits)).toBeLessThanOrEqual(1);
}

/** Whether the game itself solved a decision, without the nodes below it. endgame.test.ts checks the solutions. */
function isSolved(tree: Tree, node: number): boolean {
  return tree.kind[node] === DECISION && tree.proved[node] === 1 && tree.lower[node] !== tree.upper[node];
}

function checkDecision(tree: Tree, node: number, byPrior: boolean): void {
  const edges = edgesOf(tree, node);
  if (edges.length === 0 && isSolved(tree, node)) return;
  const legal = new Uint16Array(tree.game.actions);
  const count = tree.game.legal(tree.states, node * tree.game.stateSize, legal);
  expect(edges.map((edge) => tree.action[edge]!).sort(ascending)).toEqual(
    [...legal.subarray(0, count)].sort(ascending),
  );
  expect(sum(edges.map((edge) => tree.prior[edge]!))).toBeCloseTo(1, 5);
  checkPrefix(tree, node);
  if (byPrior) {
    const rest = edges.slice(tree.opened[node]).map((edge) => tree.prior[edge]!);
    if (rest.length > 0) expect(rest[0]).toBe(Math.max(...rest));
  }
  // The first visit is the node's own evaluation. A proved node is not searched any more.
  const below = sum(edges.map((edge) => tree.visits[edge]!));
  if (node === ROOT) return;
  if (tree.proved[node] === 1) expect(below).toBeLessThanOrEqual(visitsTo(tree, node) - 1);
  else expect(below).toBe(visitsTo(tree, node) - 1);
}

/** Checks that the followed edges come first. */
function checkPrefix(tree: Tree, node: number): void {
  edgesOf(tree, node).forEach((edge, i) => {
    const opened = i < tree.opened[node]!;
    expect(tree.child[edge] !== NONE).toBe(opened);
    expect(tree.started[edge]! > 0).toBe(opened);
  });
}

/**
 * Recomputes a decision's bounds from all that is finished below it. Where they meet, the decision is proved and has the
 * values of a proved child that is best for its mover.
 */
function checkProof(tree: Tree, node: number): void {
  if (tree.kind[node] !== DECISION) {
    expect(tree.proved[node]).toBe(tree.kind[node] === TERMINAL ? 1 : 0);
    return;
  }
  if (isSolved(tree, node)) return;
  const mover = tree.mover[node]!;
  const [lower, upper] = boundsOf(tree, node, mover);
  expect([tree.lower[node], tree.upper[node]]).toEqual([lower, upper]);
  expect(tree.proved[node] === 1).toBe(lower === upper);
  if (tree.proved[node] === 0) return;
  const children = edgesOf(tree, node).map((edge) => tree.child[edge]!);
  const best = children.filter(
    (child) => child !== NONE && tree.proved[child] === 1 && valuesOf(tree, child)[mover] === lower,
  );
  expect(best.map((child) => valuesOf(tree, child))).toContainEqual(valuesOf(tree, node));
}

/** The minimum and the maximum result of a player below a node, as far as the tree shows. */
function boundsOf(tree: Tree, node: number, player: number): [lower: number, upper: number] {
  if (tree.kind[node] === TERMINAL || isSolved(tree, node)) {
    return [valuesOf(tree, node)[player]!, valuesOf(tree, node)[player]!];
  }
  if (tree.kind[node] === CHANCE || tree.firstEdge[node] === NONE) return [-1, 1];
  const mover = tree.mover[node]!;
  // Another player's choice is unknown, unless that player is the only opponent or has only one result left.
  if (mover !== player && tree.game.players > 2) {
    const [lower, upper] = boundsOf(tree, node, mover);
    return lower === upper ? [valuesOf(tree, node)[player]!, valuesOf(tree, node)[player]!] : [-1, 1];
  }
  const bounds = edgesOf(tree, node).map((edge): [number, number] =>
    tree.child[edge] === NONE ? [-1, 1] : boundsOf(tree, tree.child[edge]!, player),
  );
  const choose = mover === player ? Math.max : Math.min;
  return [choose(...bounds.map(([lower]) => lower)), choose(...bounds.map(([, upper]) => upper))];
}

function checkEdge(tree: Tree, node: number, edge: number): void {
  const visits = tree.visits[edge]!;
  expect(tree.started[edge]).toBe(visits);
  expect(Math.abs(tree.total[edge]!)).toBeLessThanOrEqual(visits * (1 + 1e-9));
  const child = tree.child[edge]!;
  if (tree.kind[node] !== DECISION || child === NONE || tree.proved[child] === 0) return;
  expect(tree.total[edge]! / visits).toBeCloseTo(valuesOf(tree, child)[tree.mover[node]!]!, 9);
}

function ascending(a: number, b: number): number {
  return a - b;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
