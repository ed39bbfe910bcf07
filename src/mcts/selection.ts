/**
 * Rules of the search: which edge a simulation follows, as a function of the tree and a node. `SELECTION_RULES` lists
 * them all.
 */
import type { Tree } from './tree.js';

/** Returns an edge of a node: an opened one, or the first unopened one. */
export type Selection = (tree: Tree, node: number) => number;

/** Constants of PUCT (see `PUCT_DEFAULTS`). */
export interface PuctSettings {
  /** Exploration constant at few visits. */
  cInit: number;
  /** Visits at which the exploration constant has grown by about ln 2. */
  cBase: number;
  /** First-play urgency: the value of an unvisited action is the node's value minus this · √(prior visited). */
  fpuReduction: number;
}

/**
 * AlphaZero's published constants (Silver et al. 2018), without KataGo's reduction of the first-play urgency (0.2, Wu
 * 2019), which measured worse than none.
 */
export const PUCT_DEFAULTS: PuctSettings = { cInit: 1.25, cBase: 19652, fpuReduction: 0 };

/** PUCT: the edge with the highest Q + c·P·√N / (1 + n), where c = cInit + ln((N + cBase + 1) / cBase). */
export function puct(settings: PuctSettings): Selection {
  const { cInit, cBase, fpuReduction } = settings;
  return (tree, node) => {
    const { prior, started, visits, total } = tree;
    const first = tree.firstEdge[node]!;
    const end = first + tree.opened[node]!;
    const own = tree.values[node * tree.game.valueSize + tree.mover[node]!]!;
    let n = 0;
    let done = 0;
    let sum = own;
    let visited = 0;
    for (let edge = first; edge < end; edge++) {
      n += started[edge]!;
      done += visits[edge]!;
      sum += total[edge]!;
      visited += prior[edge]!;
    }
    const c = (cInit + Math.log((n + cBase + 1) / cBase)) * Math.sqrt(Math.max(1, n));
    const unvisited = sum / (1 + done) - fpuReduction * Math.sqrt(visited);
    let best = end;
    let bestScore = end < first + tree.edgeCount[node]! ? unvisited + c * prior[end]! : -Infinity;
    for (let edge = first; edge < end; edge++) {
      const q = visits[edge]! > 0 ? total[edge]! / visits[edge]! : unvisited;
      const score = q + (c * prior[edge]!) / (1 + started[edge]!);
      if (score > bestScore) {
        bestScore = score;
        best = edge;
      }
    }
    return best;
  };
}

/** The constants of Gumbel search. */
export interface GumbelSettings {
  /** Added to the visits of the most visited action; the sum is the scale of the values. */
  cVisit: number;
  /** Weight of the values, which lie in [-1, 1], against the logits. */
  cScale: number;
}

/** The constants of Danihelka et al. (2022) for board games. */
export const GUMBEL_DEFAULTS: GumbelSettings = { cVisit: 50, cScale: 1 };

/**
 * Numbers that complete a node's Q-values (Danihelka et al. 2022, appendix D). σ(q) = scale · q. The Q of an action
 * without visits is `mixed`: the node's own value mixed with the Q of visited actions, weighted by their priors.
 */
export interface Completion {
  scale: number;
  mixed: number;
  /** Simulations started below the node. */
  started: number;
}

/** Writes the completion of a node's Q-values to `out`. */
export function completeQ(tree: Tree, node: number, settings: GumbelSettings, out: Completion): void {
  const { prior, started, visits, total } = tree;
  const first = tree.firstEdge[node]!;
  const end = first + tree.opened[node]!;
  let n = 0;
  let maxStarted = 0;
  let priorSum = 0;
  let valueSum = 0;
  for (let edge = first; edge < end; edge++) {
    const s = started[edge]!;
    n += s;
    if (s > maxStarted) maxStarted = s;
    if (visits[edge]! > 0) {
      priorSum += prior[edge]!;
      valueSum += (prior[edge]! * total[edge]!) / visits[edge]!;
    }
  }
  const own = tree.values[node * tree.game.valueSize + tree.mover[node]!]!;
  out.mixed = priorSum > 0 ? (own + (n * valueSum) / priorSum) / (1 + n) : own;
  out.scale = (settings.cVisit + maxStarted) * settings.cScale;
  out.started = n;
}

/**
 * The rule of Gumbel MuZero inside the tree (Danihelka et al. 2022, section 5): the action whose visits are furthest
 * behind the improved policy π' = softmax(logits + σ(completed Q)), which is the highest π'(a) − n(a) / (1 + N).
 *
 * Unvisited actions share one Q, so π' divides their sum as the priors do. Only opened edges need an exponential.
 */
export function gumbelInterior(settings: GumbelSettings): Selection {
  const completion: Completion = { scale: 0, mixed: 0, started: 0 };
  let weights = new Float64Array(64);
  return (tree, node) => {
    const first = tree.firstEdge[node]!;
    const opened = tree.opened[node]!;
    if (opened === 0) return first;
    completeQ(tree, node, settings, completion);
    const { prior, started, visits, total } = tree;
    const { scale, mixed } = completion;
    if (weights.length < opened) weights = new Float64Array(2 * opened);
    // Exponents are relative to that of the unvisited actions, which is 0.
    const hasRest = opened < tree.edgeCount[node]!;
    let maxExponent = hasRest ? 0 : -Infinity;
    for (let i = 0; i < opened; i++) {
      const n = visits[first + i]!;
      const exponent = n > 0 ? scale * (total[first + i]! / n - mixed) : 0;
      weights[i] = exponent;
      if (exponent > maxExponent) maxExponent = exponent;
    }
    let sum = 0;
    let rest = 1;
    for (let i = 0; i < opened; i++) {
      const p = prior[first + i]!;
      const weight = p * Math.exp(weights[i]! - maxExponent);
      weights[i] = weight;
      sum += weight;
      rest -= p;
    }
    const unvisited = hasRest ? Math.exp(-maxExponent) : 0;
    sum += Math.max(0, rest) * unvisited;
    const perVisit = sum / (1 + completion.started);
    let best = first + opened;
    let bestScore = hasRest ? prior[best]! * unvisited : -Infinity;
    for (let i = 0; i < opened; i++) {
      const score = weights[i]! - perVisit * started[first + i]!;
      if (score > bestScore) {
        bestScore = score;
        best = first + i;
      }
    }
    return best;
  };
}

/** The constants of all rules. */
export interface RuleSettings {
  /** Constants of Gumbel search. */
  gumbel: GumbelSettings;
  /** Constants of PUCT. */
  puct: PuctSettings;
}

/** A rule of the search, and the policy that goes with it. */
export interface SelectionRule {
  /** Returns the rule inside the tree. */
  readonly insideTree: (settings: RuleSettings) => Selection;
  /** Whether the root's policy is the fractions of visits; if not, it is the improved policy. */
  readonly countsVisits: boolean;
}

/** The name of a rule. */
export type SelectionName = 'gumbel' | 'puct';

/** All rules by their names. */
export const SELECTION_RULES: Readonly<Record<SelectionName, SelectionRule>> = {
  gumbel: { insideTree: ({ gumbel }) => gumbelInterior(gumbel), countsVisits: false },
  puct: { insideTree: (settings) => puct(settings.puct), countsVisits: true },
};
