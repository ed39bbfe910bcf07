import type { Random } from '../game/random.js';
import { cachedVisitPlan, withLaps } from './halving.js';
import { type Completion, completeQ } from './selection.js';
import type { SearchSettings } from './settings.js';
import { NONE, ROOT, type Tree } from './tree.js';

/** Priors above this are one to the shape of the noise; the least keeps a logarithm finite. */
const SHAPED_PRIOR = 0.01;
const LEAST_PRIOR = 1e-20;
const NO_PLAN = new Int32Array(0);

/**
 * What is particular to the root of a search: its noise, sequential halving, and what the search concludes: a move, a
 * policy target, the players' values.
 */
export class RootPolicy {
  /** Whether simulations follow the plan of sequential halving, rather than the interior's rule. */
  halving = false;
  private settings!: SearchSettings;
  /** For each simulation, how many visits of this search its action has before it. */
  private plan: Int32Array = new Int32Array(0);
  /** Actions that the laps added next go to. */
  private left = 0;
  /** Of each root edge: its Gumbel noise plus the logarithm of its prior. */
  private readonly keys: Float64Array;
  /** The edges by falling keys; halving considers the first of them. */
  private readonly order: Int32Array;
  /** `[edges, valueSize]`: sums of the values that came back through each root edge. */
  private readonly totals: Float64Array;
  private unproved = -Infinity;
  /** Visits from which on actions count as equally simulated: only some of them have had their turn in a lap cut short. */
  private evenVisits = Infinity;
  private readonly completion: Completion = { scale: 0, mixed: 0, started: 0 };

  constructor(private readonly tree: Tree) {
    this.keys = new Float64Array(tree.game.actions);
    this.order = new Int32Array(tree.game.actions);
    this.totals = new Float64Array(tree.game.actions * tree.game.valueSize);
  }

  /** Called once the root has its edges. */
  begin(settings: SearchSettings, random: Random): void {
    const { tree, keys } = this;
    this.settings = settings;
    const count = tree.edgeCount[ROOT]!;
    this.halving = settings.considered > 0;
    this.totals.fill(0, 0, count * tree.game.valueSize);
    if (this.halving) {
      this.left = Math.min(settings.considered, count);
      this.plan = Number.isFinite(settings.simulations) ? cachedVisitPlan(this.left, settings.simulations) : NO_PLAN;
      for (let i = 0; i < count; i++) {
        keys[i] = Math.log(tree.prior[i]!) + (settings.noise ? random.gumbel() : 0);
        this.order[i] = i;
      }
      this.sort(count);
    } else {
      if (settings.noise) this.addDirichlet(count, random);
      for (let i = 0; i < count; i++) keys[i] = 0;
    }
  }

  /** Simulations planned so far. */
  get planned(): number {
    return this.plan.length;
  }

  /** Simulations of the next lap. */
  get lap(): number {
    return this.left;
  }

  /** Plans more laps, each a simulation of every action left, for a search without a given number of simulations. */
  addLaps(laps: number): void {
    this.plan = withLaps(this.plan, this.left, laps);
  }

  /** Leaves the better half of the actions to the laps that follow, but never fewer than two. */
  halve(): void {
    this.left = Math.max(Math.min(2, this.left), this.left >> 1);
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

  /** Follows two unopened edges that have changed places. */
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

  private addDirichlet(count: number, random: Random): void {
    const { tree, keys } = this;
    const { fraction } = this.settings.dirichlet;
    this.concentrations(count);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += keys[i] = random.gamma(keys[i]!);
    for (let i = 0; i < count; i++) {
      tree.prior[i] = (1 - fraction) * tree.prior[i]! + (fraction * keys[i]!) / sum;
    }
    tree.promote(ROOT);
  }

  /** Writes the concentration of each root edge's noise to `keys`. */
  private concentrations(count: number): void {
    const { tree, keys } = this;
    const { total, shaped } = this.settings.dirichlet;
    const logPrior = (i: number) => Math.log(Math.min(SHAPED_PRIOR, tree.prior[i]!) + LEAST_PRIOR);
    let mean = 0;
    for (let i = 0; i < count; i++) mean += logPrior(i) / count;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += keys[i] = Math.max(0, logPrior(i) - mean);
    // Where all priors are equal, or above the limit, nothing is above average but errors of rounding.
    const part = sum > 1e-9 ? shaped : 0;
    for (let i = 0; i < count; i++) keys[i] = total * ((1 - part) / count + (part > 0 ? (part * keys[i]!) / sum : 0));
  }

  /**
   * The root edge of the n-th simulation: of those with as many visits as the plan says, the one with the greatest
   * g + logit + σ(completed Q); NONE if there is none, because proofs sent simulations elsewhere.
   */
  select(n: number): number {
    const { tree, order } = this;
    const considered = Math.min(this.settings.considered, tree.edgeCount[ROOT]!);
    const planned = this.plan[n]!;
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

  /**
   * Whether the n-th simulation has to wait until those before it have come back: it does where fewer actions go on
   * than were simulated before, because their values say which.
   */
  mustWait(n: number): boolean {
    if (!this.halving || n === 0) return false;
    const { plan } = this;
    const planned = plan[n]!;
    if (planned === plan[n - 1]) return false;
    // The lap that ended at n - 1, and the one that begins at n.
    let lap = 1;
    while (lap < n && plan[n - 1 - lap] === plan[n - 1]) lap++;
    let next = 1;
    while (n + next < plan.length && plan[n + next] === planned) next++;
    return next < lap;
  }

  /** Notes the values that a simulation brought back through a root edge. */
  backUp(edge: number, values: ArrayLike<number>): void {
    const { valueSize } = this.tree.game;
    for (let i = 0; i < valueSize; i++) this.totals[edge * valueSize + i]! += values[i]!;
  }

  private score(edge: number): number {
    const { visits, total } = this.tree;
    const q = visits[edge]! > 0 ? total[edge]! / visits[edge]! : this.completion.mixed;
    return this.keys[edge]! + this.completion.scale * q;
  }

  /**
   * The edge to play: of the most simulated ones the greatest g + logit + σ(Q) (Danihelka et al. 2022, section 3), or
   * without halving the most simulated one, ties to the greater value. The best proved edge goes before it if its value
   * is no less.
   */
  best(): number {
    const { tree } = this;
    const count = tree.edgeCount[ROOT]!;
    this.compare();
    let best = 0;
    for (let edge = 1; edge < count; edge++) if (this.better(edge, best)) best = edge;
    return best;
  }

  /** An edge drawn in proportion to policy^(1 / temperature); the policy is that of `policy`, the temperature above 0. */
  sample(policy: Float64Array, temperature: number, random: Random): number {
    const count = this.tree.edgeCount[ROOT]!;
    let greatest = 0;
    for (let edge = 0; edge < count; edge++) greatest = Math.max(greatest, policy[edge]!);
    const weight = (edge: number) => (policy[edge]! / greatest) ** (1 / temperature);
    let sum = 0;
    for (let edge = 0; edge < count; edge++) sum += weight(edge);
    let draw = random.float() * sum;
    for (let edge = 0; edge < count; edge++) {
      draw -= weight(edge);
      if (draw < 0) return edge;
    }
    return this.best();
  }

  /** The best edges, up to so many, best first. */
  ranking(most: number): number[] {
    this.compare();
    return Array.from({ length: this.tree.edgeCount[ROOT]! }, (_, edge) => edge)
      .sort((a, b) => (this.better(a, b) ? -1 : this.better(b, a) ? 1 : a - b))
      .slice(0, most);
  }

  /** Prepares `better`: the mean value of the best edge that is not proved is what proved ones are compared with. */
  private compare(): void {
    const { tree } = this;
    completeQ(tree, ROOT, this.settings.gumbel, this.completion);
    this.unproved = -Infinity;
    this.evenVisits = Infinity;
    if (tree.proved[ROOT] === 1) return;
    if (this.halving) this.evenVisits = this.completedVisits();
    let best = NONE;
    for (let edge = 0; edge < tree.opened[ROOT]!; edge++) {
      if (this.isProved(edge) || (best !== NONE && !this.preferred(edge, best))) continue;
      best = edge;
    }
    if (best !== NONE && tree.visits[best]! > 0) this.unproved = tree.meanValue(best);
  }

  /** Proved edges no worse than the best other one, then the others, then the rest of the proved ones. */
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

  private preferred(a: number, b: number): boolean {
    const visitsA = Math.min(this.tree.started[a]!, this.evenVisits);
    const visitsB = Math.min(this.tree.started[b]!, this.evenVisits);
    return visitsA !== visitsB ? visitsA > visitsB : this.score(a) > this.score(b);
  }

  /** The visits that the last completed lap left its actions with, if the search is in the midst of a lap; else Infinity. */
  private completedVisits(): number {
    const { plan, tree } = this;
    let n = 0;
    for (let edge = 0; edge < tree.edgeCount[ROOT]!; edge++) n += tree.started[edge]!;
    return n > 0 && n < plan.length && plan[n] === plan[n - 1] ? plan[n]! : Infinity;
  }

  /**
   * The policy target, a probability for each root edge: with Gumbel the improved policy softmax(logits + σ(completed
   * Q)) (Danihelka et al. 2022, section 4), with PUCT the share of visits. Priors as the root has them, noise included
   * for PUCT and not for Gumbel.
   */
  policy(out: Float64Array): number {
    const { tree, settings } = this;
    const count = tree.edgeCount[ROOT]!;
    completeQ(tree, ROOT, settings.gumbel, this.completion);
    if (settings.selection === 'gumbel' || this.completion.started === 0) this.improve(out, count);
    else for (let edge = 0; edge < count; edge++) out[edge] = tree.started[edge]!;
    let sum = 0;
    for (let edge = 0; edge < count; edge++) sum += out[edge]!;
    for (let edge = 0; edge < count; edge++) out[edge]! /= sum;
    return count;
  }

  /** Writes prior · exp(σ(completed Q)), the greatest scaled to 1. */
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
   * The value vector as the search sees it: exact if proved, else the mean over its policy of the visited edges, and for
   * the mover within what is certain.
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

  /** The value vector of one root edge: exact if proved, else the mean over its simulations; NaN without visits. */
  edgeValues(edge: number): number[] {
    return Array.from({ length: this.tree.game.valueSize }, (_, i) => this.edgeValue(edge, i));
  }

  private edgeValue(edge: number, i: number): number {
    const { tree } = this;
    const { valueSize, players } = tree.game;
    const child = tree.child[edge]!;
    if (tree.proved[child] === 1) return tree.values[child * valueSize + i]!;
    // The mover's mean is kept within what is certain of the child.
    const mover = tree.mover[ROOT]!;
    if (i === mover) return tree.meanValue(edge);
    if (players === 2 && i === 1 - mover) return 0 - tree.meanValue(edge);
    return this.totals[edge * valueSize + i]! / tree.visits[edge]!;
  }
}
