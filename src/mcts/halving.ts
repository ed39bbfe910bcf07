/**
 * The visit plan of sequential halving (Karnin et al. 2013; Danihelka et al., ICLR 2022, section 3; as mctx's
 * `get_sequence_of_considered_visits`): for each simulation, the number of visits that its action has before it. All
 * considered actions are visited in turn. After each phase the better half of them continues, but at least two.
 */
export function visitPlan(considered: number, simulations: number): Int32Array {
  const plan = new Int32Array(simulations);
  if (considered <= 1) {
    for (let i = 0; i < simulations; i++) plan[i] = i;
    return plan;
  }
  const phases = Math.ceil(Math.log2(considered));
  const visits = new Int32Array(considered);
  let left = considered;
  let n = 0;
  while (n < simulations) {
    const extra = Math.max(1, Math.floor(simulations / (phases * left)));
    for (let round = 0; round < extra; round++) {
      for (let i = 0; i < left && n < simulations; i++) plan[n++] = visits[i]!++;
    }
    left = Math.max(2, left >> 1);
  }
  return plan;
}

/** The plan with more laps at its end. A lap is one visit of each of `left` actions. */
export function withLaps(plan: Int32Array, left: number, laps: number): Int32Array {
  const longer = new Int32Array(plan.length + laps * left);
  longer.set(plan);
  let visits = plan.length > 0 ? plan.at(-1)! + 1 : 0;
  for (let n = plan.length; n < longer.length; n += left) longer.fill(visits++, n, n + left);
  return longer;
}

/** Longer plans take much memory, and making them takes no time beside their search. */
const MAX_CACHED_SIMULATIONS = 1024;
const MAX_CACHED = 256;
const plans = new Map<string, Int32Array>();

/** The same as `visitPlan`. Up to 256 short plans stay in memory. */
export function cachedVisitPlan(considered: number, simulations: number): Int32Array {
  if (simulations > MAX_CACHED_SIMULATIONS) return visitPlan(considered, simulations);
  const key = `${considered}/${simulations}`;
  let plan = plans.get(key);
  if (!plan) {
    if (plans.size === MAX_CACHED) plans.clear();
    plans.set(key, (plan = visitPlan(considered, simulations)));
  }
  return plan;
}

const EMPTY = new Int32Array(0);

/** Sequential halving in one search: a visit plan that is known from the start, or one that grows lap by lap. */
export class HalvingPlan {
  private visits: Int32Array = EMPTY;
  private left = 0;

  /** Plans a search with a number of simulations; Infinity: an empty plan, for `addLaps`. */
  begin(considered: number, simulations: number): void {
    this.left = considered;
    this.visits = Number.isFinite(simulations) ? cachedVisitPlan(considered, simulations) : EMPTY;
  }

  /** Simulations planned so far. */
  get simulations(): number {
    return this.visits.length;
  }

  /** Simulations of the next lap. */
  get lap(): number {
    return this.left;
  }

  /** Plans more laps, each a simulation of every action left, for a search without a given number of simulations. */
  addLaps(laps: number): void {
    this.visits = withLaps(this.visits, this.left, laps);
  }

  /** Leaves the better half of the actions to the laps that follow, but never fewer than two. */
  halve(): void {
    this.left = Math.max(Math.min(2, this.left), this.left >> 1);
  }

  /** The visits that the action of the n-th simulation has before it. */
  visitsBefore(n: number): number {
    return this.visits[n]!;
  }

  /**
   * Whether the n-th simulation must wait for the values of those before it: true where fewer actions continue than were
   * simulated in the last lap, because the values decide which.
   */
  mustWait(n: number): boolean {
    if (n === 0) return false;
    const { visits } = this;
    const planned = visits[n]!;
    if (planned === visits[n - 1]) return false;
    // The lap that ended at n - 1, and the one that begins at n.
    let lap = 1;
    while (lap < n && visits[n - 1 - lap] === visits[n - 1]) lap++;
    let next = 1;
    while (n + next < visits.length && visits[n + next] === planned) next++;
    return next < lap;
  }

  /** The visits that the last completed lap gave its actions, if n simulations end within a lap; else Infinity. */
  completedVisits(n: number): number {
    const { visits } = this;
    return n > 0 && n < visits.length && visits[n] === visits[n - 1] ? visits[n]! : Infinity;
  }
}
