/**
 * The visit plan of sequential halving (Karnin et al. 2013; Danihelka et al., ICLR 2022, section 3; as mctx's
 * `get_sequence_of_considered_visits`): for each simulation, how many visits the action to be simulated has so far.
 * The considered actions are visited in turn; after each phase the better half of them goes on.
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

/** The plan with more laps at its end, each a visit of every one of `left` actions. */
export function withLaps(plan: Int32Array, left: number, laps: number): Int32Array {
  const longer = new Int32Array(plan.length + laps * left);
  longer.set(plan);
  let visits = plan.length > 0 ? plan.at(-1)! + 1 : 0;
  for (let n = plan.length; n < longer.length; n += left) longer.fill(visits++, n, n + left);
  return longer;
}

/** Longer plans take no time beside their search, and much memory. */
const MOST_KEPT_SIMULATIONS = 1024;
const MOST_KEPT = 256;
const plans = new Map<string, Int32Array>();

/** The same; of short plans a few are kept. */
export function cachedVisitPlan(considered: number, simulations: number): Int32Array {
  if (simulations > MOST_KEPT_SIMULATIONS) return visitPlan(considered, simulations);
  const key = `${considered}/${simulations}`;
  let plan = plans.get(key);
  if (!plan) {
    if (plans.size === MOST_KEPT) plans.clear();
    plans.set(key, (plan = visitPlan(considered, simulations)));
  }
  return plan;
}
