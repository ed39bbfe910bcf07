import { DECISION, type Game, TERMINAL } from './game.js';

export const ROOT = 0;
/** The parent of the root, and the child of an edge that is not opened. */
export const NONE = -1;
/** The range of utilities. */
export const MIN_UTILITY = -1;
export const MAX_UTILITY = 1;

/**
 * A search tree as a struct of arrays. Nodes are positions. The edges of a node are consecutive: one for each legal action,
 * or at a chance node one for each sampled outcome. The first `opened` edges of a decision have been followed. The next
 * one has the highest prior of the others. Unvisited actions share one value, so no selection rule looks further.
 */
export class Tree {
  nodes = 0;
  edges = 0;

  /** [nodes, stateSize] */
  states: Int32Array;
  /** DECISION, CHANCE or TERMINAL (see game.ts). */
  kind: Uint8Array;
  mover: Uint8Array;
  parent: Int32Array;
  /** The edge that leads here from the parent. */
  parentEdge: Int32Array;
  /** NONE until the node is expanded. */
  firstEdge: Int32Array;
  edgeCount: Uint16Array;
  opened: Uint16Array;
  /** `[nodes, valueSize]`: the evaluator's values, or the exact values of a proved node. */
  values: Float32Array;
  /** 1 if `values` are exact: for a finished game, and for a decision whose bounds are equal or that the game has solved. */
  proved: Uint8Array;
  /** Bounds of the utility of a decision's mover (proofs.ts). */
  lower: Float32Array;
  upper: Float32Array;

  action: Uint16Array;
  /** Probability of the action in the evaluator's policy, among the legal actions. */
  prior: Float32Array;
  child: Int32Array;
  /** Simulations that followed the edge, with those that wait for their evaluation. */
  started: Int32Array;
  /** Simulations whose value has been backed up. */
  visits: Int32Array;
  /** Sum of those values, for the mover of the edge. */
  total: Float64Array;

  constructor(
    readonly game: Game,
    /** Nodes that fit into the arrays. */
    public nodeCapacity: number,
  ) {
    const n = nodeCapacity;
    this.states = new Int32Array(n * game.stateSize);
    this.kind = new Uint8Array(n);
    this.mover = new Uint8Array(n);
    this.parent = new Int32Array(n);
    this.parentEdge = new Int32Array(n);
    this.firstEdge = new Int32Array(n);
    this.edgeCount = new Uint16Array(n);
    this.opened = new Uint16Array(n);
    this.values = new Float32Array(n * game.valueSize);
    this.proved = new Uint8Array(n);
    this.lower = new Float32Array(n);
    this.upper = new Float32Array(n);
    const e = 32 * n;
    this.action = new Uint16Array(e);
    this.prior = new Float32Array(e);
    this.child = new Int32Array(e);
    this.started = new Int32Array(e);
    this.visits = new Int32Array(e);
    this.total = new Float64Array(e);
  }

  /** Whether n more nodes with their edges might not fit. If they do not, the arrays double, which takes a while. */
  isFull(nodes: number): boolean {
    return this.nodes + nodes > this.nodeCapacity || this.edges + nodes * this.game.actions > this.action.length;
  }

  /** Removes all nodes and keeps the memory. */
  clear(): void {
    this.nodes = 0;
    this.edges = 0;
  }

  /** Mean value of an edge for its mover; NaN without visits. */
  meanValue(edge: number): number {
    return this.total[edge]! / this.visits[edge]!;
  }

  /** Adds a node with a copy of the parent's position, which the caller then changes. */
  addNode(parent: number, parentEdge: number): number {
    if (this.nodes === this.nodeCapacity) this.growNodes();
    const node = this.nodes++;
    const size = this.game.stateSize;
    if (parent !== NONE) this.states.copyWithin(node * size, parent * size, (parent + 1) * size);
    this.parent[node] = parent;
    this.parentEdge[node] = parentEdge;
    this.firstEdge[node] = NONE;
    this.edgeCount[node] = 0;
    this.opened[node] = 0;
    this.proved[node] = 0;
    this.lower[node] = MIN_UTILITY;
    this.upper[node] = MAX_UTILITY;
    return node;
  }

  /** Sets the kind and the mover of a node from its position. A finished game is proved at once. */
  classify(node: number): void {
    const at = node * this.game.stateSize;
    const kind = this.game.kind(this.states, at);
    this.kind[node] = kind;
    if (kind === TERMINAL) {
      this.game.outcome(this.states, at, this.values, node * this.game.valueSize);
      this.proved[node] = 1;
    } else {
      this.mover[node] = this.game.mover(this.states, at);
    }
  }

  /** Proves a decision if the game can solve it with this effort; false if not. */
  solve(node: number, effort: number): boolean {
    const { stateSize, valueSize } = this.game;
    if (this.kind[node] !== DECISION) return false;
    if (!this.game.solve?.(this.states, node * stateSize, effort, this.values, node * valueSize)) return false;
    this.proved[node] = 1;
    return true;
  }

  /** Adds an unopened edge. The edges of a node are added one after the other. */
  addEdge(action: number, prior: number): number {
    if (this.edges === this.action.length) this.growEdges();
    const edge = this.edges++;
    this.action[edge] = action;
    this.prior[edge] = prior;
    this.child[edge] = NONE;
    this.started[edge] = 0;
    this.visits[edge] = 0;
    this.total[edge] = 0;
    return edge;
  }

  /** Moves the unopened edge with the highest prior to the front of the unopened ones. */
  promote(node: number): void {
    const from = this.firstEdge[node]! + this.opened[node]!;
    const end = this.firstEdge[node]! + this.edgeCount[node]!;
    const prior = this.prior;
    let best = from;
    for (let edge = from + 1; edge < end; edge++) if (prior[edge]! > prior[best]!) best = edge;
    if (best < end && best !== from) this.swap(best, from);
  }

  /** Swaps two unopened edges. */
  swap(a: number, b: number): void {
    const action = this.action[a]!;
    const prior = this.prior[a]!;
    this.action[a] = this.action[b]!;
    this.prior[a] = this.prior[b]!;
    this.action[b] = action;
    this.prior[b] = prior;
  }

  private growNodes(): void {
    const n = 2 * this.nodeCapacity;
    this.states = grown(this.states, n * this.game.stateSize);
    this.kind = grown(this.kind, n);
    this.mover = grown(this.mover, n);
    this.parent = grown(this.parent, n);
    this.parentEdge = grown(this.parentEdge, n);
    this.firstEdge = grown(this.firstEdge, n);
    this.edgeCount = grown(this.edgeCount, n);
    this.opened = grown(this.opened, n);
    this.values = grown(this.values, n * this.game.valueSize);
    this.proved = grown(this.proved, n);
    this.lower = grown(this.lower, n);
    this.upper = grown(this.upper, n);
    // Last: a failed allocation keeps the old capacity.
    this.nodeCapacity = n;
  }

  private growEdges(): void {
    const n = this.action.length * 2;
    this.prior = grown(this.prior, n);
    this.child = grown(this.child, n);
    this.started = grown(this.started, n);
    this.visits = grown(this.visits, n);
    this.total = grown(this.total, n);
    // Last: its length is the capacity.
    this.action = grown(this.action, n);
  }
}

function grown<T extends Int32Array | Uint8Array | Uint16Array | Float32Array | Float64Array>(
  from: T,
  length: number,
): T {
  const to = new (from.constructor as new (length: number) => T)(length);
  to.set(from as never);
  return to;
}
