/** Writing of the network's inputs: sets and thermometers as 0 and 1. The inputs must be 0 before. */

/** The highest value of an input. */
export const INPUT_LIMIT = 1.27;

/** The set of the lowest `count` bits: a thermometer that stands at `count`. */
export function thermometer(count: number): number {
  return (1 << count) - 1;
}

/** Writes 1 for each bit of a set, bit i at `to + i`. */
export function writeBits(out: Float32Array, to: number, set: number): void {
  for (let rest = set; rest !== 0; rest &= rest - 1) out[to + 31 - Math.clz32(rest & -rest)] = 1;
}

/** Steps of the thermometer of a lead. Near 0 each point is a step. */
const LEADS = [-20, -15, -11, -8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20];
export const LEAD_INPUTS = LEADS.length;
const MAX_LEAD = 21;
/** REACHED[lead + MAX_LEAD]: the set of LEADS that a lead reaches. */
const REACHED = Int32Array.from({ length: 2 * MAX_LEAD + 1 }, (_, i) =>
  LEADS.reduce((set, step, bit) => (i - MAX_LEAD >= step ? set | (1 << bit) : set), 0),
);

/** Writes a thermometer, `LEAD_INPUTS` long, of a lead in points. */
export function writeLead(out: Float32Array, to: number, lead: number): void {
  writeBits(out, to, REACHED[Math.max(-MAX_LEAD, Math.min(MAX_LEAD, lead)) + MAX_LEAD]!);
}
