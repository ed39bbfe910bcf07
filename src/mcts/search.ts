import { Random } from '../game/random.js';
import type { Leaves } from './evaluator.js';
import { CHANCE, DECISION, type Game } from './game.js';
import { isSettled, propagateProof, unsettledEdge } from './proofs.js';
import { RootPolicy } from './rootPolicy.js';
import { SELECTION_RULES, type Selection, type SelectionRule } from './selection.js';
import type { SearchSettings } from './settings.js';
import { NONE, ROOT, Tree } from './tree.js';

/** The numbers of simulations at which the game tries to solve a position: 4^0 to 4^4, one bit each. */
const SOLVING_AT = 0b1_0101_0101;
/** Simulations that one `gather` may spend on positions whose values are known. */
const KNOWN_PER_GATHER = 16;

/**
 * Monte Carlo tree search of one position at a time. It never evaluates: `gather` runs simulations down to leaves and
 * writes these to a batch. `receive` takes the evaluated batch and backs the values up. So leaves of many searches, or
 * many leaves of one, share a call of the network.
 *
 *     search.begin(state, 0, settings, random);
 *     while (!search.done) {
 *       leaves.count = 0;
 *       search.gather(leaves, 1);
 *       await evaluator.evaluate(leaves);
 *       search.receive(leaves);
 *     }
 *
 * With one leaf per batch this is the sequential search. With more, simulations that wait for their value count as visits,
 * but do not change the mean values (Liu et al. 2020, "Watch the Unobserved"). So leaves spread without a virtual loss.
 * Sequential halving drops no action while simulations of its phase wait.
 *
 * Values are vectors with a utility for each player, and each mover maximises its own (max^n).
 */
export class Search {
  readonly tree: Tree;
  readonly root: RootPolicy;
  /** Simulations started. The evaluation of the root is none. */
  started = 0;
  private settings!: SearchSettings;
  private rule!: SelectionRule;
  private insideTree!: Selection;
  private readonly random = new Random(0);
  private readonly legal: Uint16Array;
  private readonly weights: Float64Array;
  /** Nodes that wait for their evaluation, in rows of the batch from `firstRow` on. */
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

  /** Starts the search of a decision. The same seed gives the same search. */
  begin(state: Int32Array, at: number, settings: SearchSettings, seed: number): void {
    if (settings !== this.settings) {
      if (!(settings.simulations >= 1)) throw new Error('simulations must be at least 1');
      this.settings = settings;
      this.rule = SELECTION_RULES[settings.selection];
      this.insideTree = this.rule.insideTree(settings);
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

  /** Whether all planned simulations are done or the root is proved, and nothing waits for its evaluation. */
  get done(): boolean {
    return this.waitingCount === 0 && this.tree.firstEdge[ROOT] !== NONE && this.exhausted;
  }

  private get exhausted(): boolean {
    const { root, settings } = this;
    return (
      this.started >= (root.halving ? root.plan.simulations : settings.simulations) || this.tree.proved[ROOT] === 1
    );
  }

  /**
   * Runs simulations until it has added `limit` leaves to the batch, or the next simulation needs values that still wait.
   * It also returns when many simulations end at proved positions, so that the caller can check the clock.
   */
  gather(leaves: Leaves, limit: number): void {
    const { tree } = this;
    this.firstRow = leaves.count;
    this.waitingCount = 0;
    if (tree.firstEdge[ROOT] === NONE) {
      this.enqueue(leaves, ROOT);
      return;
    }
    const maxStarted = this.started + limit + KNOWN_PER_GATHER;
    while (this.waitingCount < limit && this.started < maxStarted && !this.exhausted) {
      if (this.waitingCount > 0 && this.root.halving && this.root.plan.mustWait(this.started)) break;
      const node = this.descend();
      if (node === NONE) break;
      this.started++;
      if (tree.proved[node] === 1 || tree.firstEdge[node] !== NONE) this.backUp(node);
      else this.enqueue(leaves, node);
    }
  }

  /** Takes the evaluations of the leaves that the last `gather` added to this batch. */
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

  /** Adds a node to the batch. */
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

  /** Runs one simulation to a new, proved or evaluated node, and returns that; NONE if it meets one that waits. */
  private descend(): number {
    const { tree } = this;
    let node = ROOT;
    for (;;) {
      let edge: number;
      if (tree.kind[node] === CHANCE) {
        edge = this.nextOutcome(node);
      } else {
        edge = node === ROOT && this.root.halving ? this.root.select(this.started) : this.insideTree(tree, node);
        // More visits of a settled edge change nothing, unless the visits are the root's policy.
        if ((node !== ROOT || !this.rule.countsVisits) && (edge === NONE || isSettled(tree, node, edge)))
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
   * Whether the game solves a node after n simulations. The effort grows at each fourfold number, so solving costs about
   * as much as simulating. It is limited, so that the search keeps to its time.
   */
  private solves(node: number, simulations: number): boolean {
    const { endgame } = this.settings;
    if (endgame === 0 || (simulations & SOLVING_AT) === 0 || (simulations & (simulations - 1)) !== 0) return false;
    return this.tree.solve(node, endgame + ((31 - Math.clz32(simulations)) >> 1));
  }

  /** Follows an edge for the first time: swaps it with the first unopened one and adds its child. */
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

  /** Returns the sampled outcome with the fewest simulations. */
  private nextOutcome(node: number): number {
    const { tree } = this;
    const first = tree.firstEdge[node]!;
    let best = first;
    for (let edge = first + 1; edge < first + tree.edgeCount[node]!; edge++) {
      if (tree.started[edge]! < tree.started[best]!) best = edge;
    }
    return best;
  }

  /** Adds the edges of an evaluated node: legal actions, with the softmax of their logits as priors, or sampled deals. */
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
   * Adds a node's values to every edge above it. If the mean value of an edge is outside the bounds of its decision, the
   * bound goes up instead of the value.
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
