import type { Random } from '../game/random.js';
import { addDirichlet } from './dirichlet.js';
import { HalvingPlan } from './halving.js';
import { type Completion, completeQ, SELECTION_RULES } from './selection.js';
import type { SearchSettings } from './settings.js';
import { NONE, ROOT, type Tree } from './tree.js';

/** What only the root of a search has: noise, sequential halving, and the results: a move, a policy target, values. */
export class RootPolicy {
  /** Whether simulations follow `plan`, rather than the rule inside the tree. */
  halving = false;
  readonly plan = new HalvingPlan();
  private settings!: SearchSettings;
  /** For each root edge: its Gumbel noise plus the logarithm of its prior. */
  private readonly keys: Float64Array;
  /** The edges by falling keys. Halving considers the first ones. */
  private readonly order: Int32Array;
  /** `[edges, valueSize]`: sums of the values that came back through each root edge. */
  private readonly totals: Float64Array;
  /** The mean value of the best edge that is not proved. */
  private unproved = -Infinity;
  /** Higher visit counts are read as this one: in a lap that was cut short only some actions have had their turn. */
  private evenVisits = Infinity;
  private readonly completion: Completion = { scale: 0, mixed: 0, started: 0 };

  constructor(private readonly tree: Tree) {
    this.keys = new Float64Array(tree.game.actions);
    this.order = new Int32Array(tree.game.actions);
    this.totals = new Float64Array(tree.game.actions * tree.game.valueSize);
  }

  /** Starts a search. The root has its edges. */
  begin(settings: SearchSettings, random: Random): void {
    const { tree, keys } = this;
    this.settings = settings;
    const count = tree.edgeCount[ROOT]!;
    this.halving = settings.considered > 0;
    this.totals.fill(0, 0, count * tree.game.valueSize);
    if (this.halving) {
      this.plan.begin(Math.min(settings.considered, count), settings.simulations);
      for (let i = 0; i < count; i++) {
        keys[i] = Math.log(tree.prior[i]!) + (settings.noise ? random.gumbel() : 0);
        this.order[i] = i;
      }
      this.sort(count);
    } else {
      if (settings.noise) addDirichlet(tree, settings.dirichlet, random, keys);
      for (let i = 0; i < count; i++) keys[i] = 0;
    }
  }

  private sort(count: number): void {
    const { keys, order } = this;
    for (let i = 1; i < count; i++) {
      const edge = order[i]!;
      let j = i;
      for (; j > 0 && keys[edge]! > keys[order[j - 1]!]!; j--) order[j] = order[j - 1]!;
      order[j] = edge;
    }
  }

  /** Swaps what is kept for two unopened edges, which have changed places. */
  swapped(a: number, b: number): void {
    const { keys, order } = this;
    const key = keys[a]!;
    keys[a] = keys[b]!;
    keys[b] = key;
    for (let i = 0; i < this.tree.edgeCount[ROOT]!; i++) {
      if (order[i] === a) order[i] = b;
      else if (order[i] === b) order[i] = a;
    }
  }

  /**
   * Returns the root edge of the n-th simulation: the one with the highest g + logit + σ(completed Q) among those that have
   * the visits of the plan. NONE if there is none, because proofs sent simulations elsewhere.
   */
  select(n: number): number {
    const { tree, order } = this;
    const considered = Math.min(this.settings.considered, tree.edgeCount[ROOT]!);
    const planned = this.plan.visitsBefore(n);
    if (planned > 0) completeQ(tree, ROOT, this.settings.gumbel, this.completion);
    let best = NONE;
    let bestScore = -Infinity;
    for (let i = 0; i < considered; i++) {
      const edge = order[i]!;
      if (tree.started[edge] !== planned) continue;
      if (planned === 0) return edge;
      const score = this.score(edge);
      // A prior that is 0 in float32 has a score of -Infinity, and is still an answer.
      if (best === NONE || score > bestScore) {
        bestScore = score;
        best = edge;
      }
    }
    return best;
  }

  /** Adds the values that a simulation brought back through a root edge. */
  backUp(edge: number, values: ArrayLike<number>): void {
    const { valueSize } = this.tree.game;
    for (let i = 0; i < valueSize; i++) this.totals[edge * valueSize + i]! += values[i]!;
  }

  /** g + logit + σ(completed Q). */
  private score(edge: number): number {
    const { visits, total } = this.tree;
    const q = visits[edge]! > 0 ? total[edge]! / visits[edge]! : this.completion.mixed;
    return this.keys[edge]! + this.completion.scale * q;
  }

  /**
   * Returns the edge to play. With halving it is the one with the highest g + logit + σ(Q) among the most simulated ones
   * (Danihelka et al. 2022, section 3); without, the most simulated one, and among equals the one with the higher value.
   * The best proved edge comes first if its value is not lower.
   */
  best(): number {
    const { tree } = this;
    const count = tree.edgeCount[ROOT]!;
    this.compare();
    let best = 0;
    for (let edge = 1; edge < count; edge++) if (this.better(edge, best)) best = edge;
    return best;
  }

  /** Draws an edge in proportion to policy^(1 / temperature), for a policy of `policy` and a temperature above 0. */
  sample(policy: Float64Array, temperature: number, random: Random): number {
    const count = this.tree.edgeCount[ROOT]!;
    let max = 0;
    for (let edge = 0; edge < count; edge++) max = Math.max(max, policy[edge]!);
    const weight = (edge: number) => (policy[edge]! / max) ** (1 / temperature);
    let sum = 0;
    for (let edge = 0; edge < count; edge++) sum += weight(edge);
    let draw = random.float() * sum;
    for (let edge = 0; edge < count; edge++) {
      draw -= weight(edge);
      if (draw < 0) return edge;
    }
    return this.best();
  }

  /** Returns the best edges, at most `max`, best first. */
  ranking(max: number): number[] {
    this.compare();
    return Array.from({ length: this.tree.edgeCount[ROOT]! }, (_, edge) => edge)
      .sort((a, b) => (this.better(a, b) ? -1 : this.better(b, a) ? 1 : a - b))
      .slice(0, max);
  }

  /** Prepares `better`, which compares proved edges with the mean value of the best edge that is not proved. */
  private compare(): void {
    const { tree } = this;
    completeQ(tree, ROOT, this.settings.gumbel, this.completion);
    this.unproved = -Infinity;
    this.evenVisits = Infinity;
    if (tree.proved[ROOT] === 1) return;
    if (this.halving) {
      let simulations = 0;
      for (let edge = 0; edge < tree.edgeCount[ROOT]!; edge++) simulations += tree.started[edge]!;
      this.evenVisits = this.plan.completedVisits(simulations);
    }
    let best = NONE;
    for (let edge = 0; edge < tree.opened[ROOT]!; edge++) {
      if (this.isProved(edge) || (best !== NONE && !this.preferred(edge, best))) continue;
      best = edge;
    }
    if (best !== NONE && tree.visits[best]! > 0) this.unproved = tree.meanValue(best);
  }

  /** Whether a comes before b: proved edges no worse than the best other, then the others, then the other proved ones. */
  private better(a: number, b: number): boolean {
    const [tierA, tierB] = [this.tier(a), this.tier(b)];
    if (tierA !== tierB) return tierA > tierB;
    return tierA === 1 ? this.preferred(a, b) : this.tree.meanValue(a) > this.tree.meanValue(b);
  }

  private tier(edge: number): number {
    if (!this.isProved(edge)) return 1;
    return this.tree.meanValue(edge) >= this.unproved ? 2 : 0;
  }

  private isProved(edge: number): boolean {
    const child = this.tree.child[edge]!;
    return child !== NONE && this.tree.proved[child] === 1;
  }

  /** Whether a comes before b if neither is proved. */
  private preferred(a: number, b: number): boolean {
    const visitsA = Math.min(this.tree.started[a]!, this.evenVisits);
    const visitsB = Math.min(this.tree.started[b]!, this.evenVisits);
    return visitsA !== visitsB ? visitsA > visitsB : this.score(a) > this.score(b);
  }

  /**
   * Writes the policy target, a probability for each root edge, and returns their number. With Gumbel search it is the
   * improved policy softmax(logits + σ(completed Q)) (Danihelka et al. 2022, section 4), without noise; with PUCT the
   * fraction of visits.
   */
  policy(out: Float64Array): number {
    const { tree, settings } = this;
    const count = tree.edgeCount[ROOT]!;
    completeQ(tree, ROOT, settings.gumbel, this.completion);
    const { countsVisits } = SELECTION_RULES[settings.selection];
    if (!countsVisits || this.completion.started === 0) this.improve(out, count);
    else for (let edge = 0; edge < count; edge++) out[edge] = tree.started[edge]!;
    let sum = 0;
    for (let edge = 0; edge < count; edge++) sum += out[edge]!;
    for (let edge = 0; edge < count; edge++) out[edge]! /= sum;
    return count;
  }

  /** Writes prior · exp(σ(completed Q)), scaled so that the maximum is 1. */
  private improve(out: Float64Array, count: number): void {
    const { tree, completion } = this;
    let max = -Infinity;
    for (let edge = 0; edge < count; edge++) {
      const q = tree.visits[edge]! > 0 ? tree.meanValue(edge) : completion.mixed;
      out[edge] = Math.log(tree.prior[edge]!) + completion.scale * q;
      if (out[edge]! > max) max = out[edge]!;
    }
    for (let edge = 0; edge < count; edge++) out[edge] = Math.exp(out[edge]! - max);
  }

  /**
   * Writes the root's value vector, `[valueSize]`. It is exact if the root is proved. Otherwise it is the mean of the visited
   * edges, weighted by the policy, and the mover's value is kept within its bounds.
   */
  values(policy: Float64Array, out: Float64Array): void {
    const { tree } = this;
    const { valueSize } = tree.game;
    let weight = 0;
    out.fill(0, 0, valueSize);
    const opened = tree.proved[ROOT] === 1 ? 0 : tree.opened[ROOT]!;
    for (let edge = 0; edge < opened; edge++) {
      if (tree.visits[edge] === 0) continue;
      weight += policy[edge]!;
      for (let i = 0; i < valueSize; i++) out[i]! += policy[edge]! * this.edgeValue(edge, i);
    }
    for (let i = 0; i < valueSize; i++) out[i] = weight > 0 ? out[i]! / weight : tree.values[i]!;
    const mover = tree.mover[ROOT]!;
    const certain = Math.max(tree.lower[ROOT]!, Math.min(tree.upper[ROOT]!, out[mover]!));
    if (certain === out[mover]) return;
    out[mover] = certain;
    if (tree.game.players === 2) out[1 - mover] = -certain;
  }

  /** Returns the value vector of a root edge: exact if proved, else the mean of its simulations; NaN without visits. */
  edgeValues(edge: number): number[] {
    return Array.from({ length: this.tree.game.valueSize }, (_, i) => this.edgeValue(edge, i));
  }

  private edgeValue(edge: number, i: number): number {
    const { tree } = this;
    const { valueSize, players } = tree.game;
    const child = tree.child[edge]!;
    if (tree.proved[child] === 1) return tree.values[child * valueSize + i]!;
    // Proofs clamp the mover's mean in the tree; `totals` are not clamped.
    const mover = tree.mover[ROOT]!;
    if (i === mover) return tree.meanValue(edge);
    if (players === 2 && i === 1 - mover) return 0 - tree.meanValue(edge);
    return this.totals[edge * valueSize + i]! / tree.visits[edge]!;
  }
}
