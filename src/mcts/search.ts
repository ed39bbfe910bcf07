import { Random } from '../game/random.js';
import type { Leaves } from './evaluator.js';
import { CHANCE, DECISION, type Game } from './game.js';
import { isSettled, propagateProof, unsettledEdge } from './proofs.js';
import { RootPolicy } from './rootPolicy.js';
import { gumbelInterior, puct, type Selection } from './selection.js';
import type { SearchSettings } from './settings.js';
import { NONE, ROOT, Tree } from './tree.js';

/** The numbers of simulations at which a position's game is asked to solve it: 4^0 to 4^4, a bit each. */
const SOLVING_AT = 0b1_0101_0101;
/** Simulations that one `gather` may spend on positions whose value is known already. */
const KNOWN_PER_GATHER = 16;

/**
 * Monte Carlo tree search of one position at a time. It never evaluates: `gather` runs simulations down to leaves that
 * it writes to a batch, and `receive` takes the evaluated batch and backs the values up, so that the leaves of many
 * searches, or many leaves of one, share a call of the network.
 *
 *     search.begin(state, 0, settings, random);
 *     while (!search.done) {
 *       leaves.count = 0;
 *       search.gather(leaves, 1);
 *       await evaluator.evaluate(leaves);
 *       search.receive(leaves);
 *     }
 *
 * With one leaf a batch this is the sequential search. With more, simulations that still wait for their value count as
 * visits (Liu et al. 2020, "Watch the Unobserved") but leave the mean values as they are, so that leaves spread without
 * a made-up loss. Sequential halving never drops an action while simulations of its phase are out.
 *
 * Values are vectors with a utility for each player, and each mover maximises its own (max^n).
 */
export class Search {
  readonly tree: Tree;
  readonly root: RootPolicy;
  /** Simulations that have left the root; its own evaluation is not one. */
  started = 0;
  private settings!: SearchSettings;
  private interior!: Selection;
  private readonly random = new Random(0);
  private readonly legal: Uint16Array;
  private readonly weights: Float64Array;
  /** The nodes that wait for their evaluation; row `firstRow` of the batch is that of the first. */
  private waiting = new Int32Array(16);
  private waitingCount = 0;
  private firstRow = 0;
  /** The value vector on its way up. */
  private readonly backed: Float64Array;

  constructor(
    readonly game: Game,
    nodeCapacity = 256,
  ) {
    this.tree = new Tree(game, nodeCapacity);
    this.root = new RootPolicy(this.tree);
    this.legal = new Uint16Array(game.actions);
    this.weights = new Float64Array(game.actions);
    this.backed = new Float64Array(game.valueSize);
  }

  /** Starts to search a decision; the same seed gives the same search. */
  begin(state: Int32Array, at: number, settings: SearchSettings, seed: number): void {
    if (settings !== this.settings) {
      if (!(settings.simulations >= 1)) throw new Error('simulations must be at least 1');
      this.settings = settings;
      this.interior = settings.selection === 'puct' ? puct(settings.puct) : gumbelInterior(settings.gumbel);
    }
    const { tree } = this;
    this.random.reseed(seed);
    this.started = 0;
    this.waitingCount = 0;
    tree.clear();
    const root = tree.addNode(NONE, NONE);
    for (let i = 0; i < this.game.stateSize; i++) tree.states[i] = state[at + i]!;
    tree.classify(root);
    if (tree.kind[root] !== DECISION) throw new Error('only a position with a player to move can be searched');
  }

  /** Whether all simulations planned are done, or the root's value is proved, and nothing waits for its evaluation. */
  get done(): boolean {
    return this.waitingCount === 0 && this.tree.firstEdge[ROOT] !== NONE && this.exhausted;
  }

  private get exhausted(): boolean {
    const { root, settings } = this;
    return this.started >= (root.halving ? root.planned : settings.simulations) || this.tree.proved[ROOT] === 1;
  }

  /**
   * Runs simulations until `limit` leaves are in the batch, or none can be had before those out have come back. Where
   * simulations keep ending at proved positions it returns all the same, so that its caller can look at the clock.
   */
  gather(leaves: Leaves, limit: number): void {
    const { tree } = this;
    this.firstRow = leaves.count;
    this.waitingCount = 0;
    if (tree.firstEdge[ROOT] === NONE) {
      this.enqueue(leaves, ROOT);
      return;
    }
    const most = this.started + limit + KNOWN_PER_GATHER;
    while (this.waitingCount < limit && this.started < most && !this.exhausted) {
      if (this.waitingCount > 0 && this.root.mustWait(this.started)) break;
      const node = this.descend();
      if (node === NONE) break;
      this.started++;
      if (tree.proved[node] === 1 || tree.firstEdge[node] !== NONE) this.backUp(node);
      else this.enqueue(leaves, node);
    }
  }

  /** Takes the evaluations of the leaves that the last `gather` put into this batch. */
  receive(leaves: Leaves): void {
    const { tree } = this;
    const { valueSize, actions } = this.game;
    for (let n = 0; n < this.waitingCount; n++) {
      const node = this.waiting[n]!;
      const row = this.firstRow + n;
      for (let i = 0; i < valueSize; i++) tree.values[node * valueSize + i] = leaves.values[row * valueSize + i]!;
      this.expand(node, leaves.logits, row * actions);
      if (node !== ROOT) this.backUp(node);
      else this.root.begin(this.settings, this.random);
    }
    this.waitingCount = 0;
  }

  private enqueue(leaves: Leaves, node: number): void {
    const size = this.game.stateSize;
    const states = this.tree.states;
    const from = node * size;
    const to = leaves.count++ * size;
    for (let i = 0; i < size; i++) leaves.states[to + i] = states[from + i]!;
    if (this.waitingCount === this.waiting.length) {
      const longer = new Int32Array(2 * this.waiting.length);
      longer.set(this.waiting);
      this.waiting = longer;
    }
    this.waiting[this.waitingCount++] = node;
  }

  /** Follows one simulation to a new, a proved or a valued node; NONE if it runs into one that is being evaluated. */
  private descend(): number {
    const { tree } = this;
    let node = ROOT;
    for (;;) {
      let edge: number;
      if (tree.kind[node] === CHANCE) {
        edge = this.nextOutcome(node);
      } else {
        edge = node === ROOT && this.root.halving ? this.root.select(this.started) : this.interior(tree, node);
        // A settled edge has no more to teach; but the visits of a root searched by PUCT are its policy.
        if ((node !== ROOT || this.settings.selection !== 'puct') && (edge === NONE || isSettled(tree, node, edge)))
          edge = unsettledEdge(tree, node);
      }
      if (tree.child[edge] === NONE) return this.open(node, edge);
      tree.started[edge]!++;
      node = tree.child[edge]!;
      if (tree.proved[node] === 1) return node;
      if (tree.firstEdge[node] === NONE) {
        for (let n = node; n !== ROOT; n = tree.parent[n]!) tree.started[tree.parentEdge[n]!]!--;
        return NONE;
      }
      if (tree.edgeCount[node] === 0) return node;
      if (this.solves(node, tree.started[edge]!)) {
        propagateProof(tree, node);
        return node;
      }
    }
  }

  /**
   * Whether a node is solved by its game, now that so many simulations have come by it. More is tried at each fourfold
   * number, so that solving costs about as much as simulating does; but never so much that a clock would be overrun.
   */
  private solves(node: number, simulations: number): boolean {
    const { endgame } = this.settings;
    if (endgame === 0 || (simulations & SOLVING_AT) === 0 || (simulations & (simulations - 1)) !== 0) return false;
    return this.tree.solve(node, endgame + ((31 - Math.clz32(simulations)) >> 1));
  }

  /** Follows an edge for the first time, as the first of the unopened ones. */
  private open(node: number, unopened: number): number {
    const { tree, game } = this;
    const edge = tree.firstEdge[node]! + tree.opened[node]!;
    if (edge !== unopened) {
      tree.swap(edge, unopened);
      this.root.swapped(edge, unopened);
    }
    tree.started[edge]!++;
    const child = tree.addNode(node, edge);
    tree.child[edge] = child;
    tree.opened[node]!++;
    const at = child * game.stateSize;
    if (tree.kind[node] === CHANCE) {
      game.applyChance(tree.states, at, this.random);
    } else {
      if (node !== ROOT || !this.root.halving) tree.promote(node);
      game.apply(tree.states, at, tree.action[edge]!);
    }
    tree.classify(child);
    this.solves(child, 1);
    return child;
  }

  /** The sampled outcome that has been followed least. */
  private nextOutcome(node: number): number {
    const { tree } = this;
    const first = tree.firstEdge[node]!;
    let best = first;
    for (let edge = first + 1; edge < first + tree.edgeCount[node]!; edge++) {
      if (tree.started[edge]! < tree.started[best]!) best = edge;
    }
    return best;
  }

  /** Gives an evaluated node its edges: the legal actions, with the softmax of their logits as priors, or deals. */
  private expand(node: number, logits: Float32Array, row: number): void {
    const { tree, legal, weights } = this;
    tree.firstEdge[node] = tree.edges;
    if (tree.kind[node] === CHANCE) {
      tree.edgeCount[node] = this.settings.deals;
      for (let i = 0; i < this.settings.deals; i++) tree.addEdge(0, 0);
      return;
    }
    const n = this.game.legal(tree.states, node * this.game.stateSize, legal);
    let max = -Infinity;
    for (let i = 0; i < n; i++) {
      const logit = logits[row + legal[i]!]!;
      weights[i] = logit;
      if (logit > max) max = logit;
    }
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weights[i] = Math.exp(weights[i]! - max);
    const scale = 1 / sum;
    for (let i = 0; i < n; i++) tree.addEdge(legal[i]!, weights[i]! * scale);
    tree.edgeCount[node] = n;
    tree.promote(node);
  }

  /**
   * Adds a node's values to every edge above it. Where the mover is sure of more than an edge is worth on average, it
   * has a better one, whose value goes up instead; likewise where it is sure to get less.
   */
  private backUp(leaf: number): void {
    const { tree, backed } = this;
    this.setBacked(leaf);
    let node = leaf;
    while (node !== ROOT) {
      const edge = tree.parentEdge[node]!;
      node = tree.parent[node]!;
      tree.visits[edge]!++;
      if (tree.kind[node] !== DECISION) continue;
      const mover = tree.mover[node]!;
      tree.total[edge]! += backed[mover]!;
      if (node === ROOT) this.root.backUp(edge, backed);
      const mean = tree.meanValue(edge);
      if (tree.proved[node] === 1) this.setBacked(node);
      else if (mean < tree.lower[node]!) this.bound(mover, tree.lower[node]!);
      else if (mean > tree.upper[node]!) this.bound(mover, tree.upper[node]!);
    }
    if (tree.proved[leaf] === 1 && tree.visits[tree.parentEdge[leaf]!] === 1) propagateProof(tree, leaf);
  }

  private setBacked(node: number): void {
    const { valueSize } = this.game;
    for (let i = 0; i < valueSize; i++) this.backed[i] = this.tree.values[node * valueSize + i]!;
  }

  private bound(mover: number, value: number): void {
    this.backed[mover] = value;
    if (this.game.players === 2) this.backed[1 - mover] = -value;
  }
}
