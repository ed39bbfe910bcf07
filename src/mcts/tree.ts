import { DECISION, type Game, TERMINAL } from './game.js';

export const ROOT = 0;
/** The parent of the root, and the child of an edge that was never followed. */
export const NONE = -1;
/** The bounds of utilities. */
export const LEAST = -1;
export const MOST = 1;

/**
 * A search tree as a struct of arrays. Nodes are positions; the edges of a node are consecutive, one for each legal
 * action (at a chance node: one for each sampled outcome). Of a decision node's edges the first `opened` have been
 * followed at least once, and the next one has the highest prior of the rest: where unvisited actions share one value,
 * no selection rule needs to look further.
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
  /** `[nodes, valueSize]`: the evaluator's values, or the exact ones of a proved node. */
  values: Float32Array;
  /** 1 where `values` are exact: a finished game, a decision whose bounds have met, or one that the game has solved. */
  proved: Uint8Array;
  /** What a decision's mover is sure of at least, and at most (proofs.ts). */
  lower: Float32Array;
  upper: Float32Array;

  action: Uint16Array;
  /** Probability of the action under the evaluator's policy, over the legal actions. */
  prior: Float32Array;
  child: Int32Array;
  /** Simulations that went this way, those still waiting for their evaluation included. */
  started: Int32Array;
  /** Simulations whose value has come back. */
  visits: Int32Array;
  /** Sum of those values, from the point of view of the edge's own mover. */
  total: Float64Array;

  constructor(
    readonly game: Game,
    /** Nodes that there is room for. */
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

  /** Whether n more nodes with their edges might not fit. The arrays then double, which takes a while. */
  isFull(nodes: number): boolean {
    return this.nodes + nodes > this.nodeCapacity || this.edges + nodes * this.game.actions > this.action.length;
  }

  /** Forgets all nodes; their memory stays. */
  clear(): void {
    this.nodes = 0;
    this.edges = 0;
  }

  /** Mean value of an edge for its mover; meaningless without visits. */
  meanValue(edge: number): number {
    return this.total[edge]! / this.visits[edge]!;
  }

  /** Adds a node that holds a copy of the parent's position, for the caller to move on. */
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
    this.lower[node] = LEAST;
    this.upper[node] = MOST;
    return node;
  }

  /** Reads off the position what kind of node it is; a finished game is proved at once. */
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

  /** Proves a decision that the game can solve with so much effort; false where it can't. */
  solve(node: number, effort: number): boolean {
    const { stateSize, valueSize } = this.game;
    if (this.kind[node] !== DECISION) return false;
    if (!this.game.solve?.(this.states, node * stateSize, effort, this.values, node * valueSize)) return false;
    this.proved[node] = 1;
    return true;
  }

  /** Adds an edge that nobody has followed. The edges of one node are added one after the other. */
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

  /** Brings the highest prior among the unopened edges to their front. */
  promote(node: number): void {
    const from = this.firstEdge[node]! + this.opened[node]!;
    const end = this.firstEdge[node]! + this.edgeCount[node]!;
    const prior = this.prior;
    let best = from;
    for (let edge = from + 1; edge < end; edge++) if (prior[edge]! > prior[best]!) best = edge;
    if (best < end && best !== from) this.swap(best, from);
  }

  /** Swaps two edges that nobody has followed. */
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
    // Last: it must not be told of room that there is not, should memory run out.
    this.nodeCapacity = n;
  }

  private growEdges(): void {
    const n = this.action.length * 2;
    this.prior = grown(this.prior, n);
    this.child = grown(this.child, n);
    this.started = grown(this.started, n);
    this.visits = grown(this.visits, n);
    this.total = grown(this.total, n);
    // Last, because its length is the capacity.
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
