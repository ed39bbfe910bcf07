import { writeBits } from './thermometer.js';

/** Leads that are told apart: near 0, where each point counts, one by one. */
const LEADS = [-20, -15, -11, -8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20];
export const LEAD_INPUTS = LEADS.length;
const LIMIT = 21;
/** By the lead from -LIMIT on: which of LEADS it reaches. */
const REACHED = Int32Array.from({ length: 2 * LIMIT + 1 }, (_, i) =>
  LEADS.reduce((set, least, bit) => (i - LIMIT >= least ? set | (1 << bit) : set), 0),
);

/** Writes the thermometer of a lead in points, where 0 stands. */
export function writeLead(out: Float32Array, to: number, lead: number): void {
  writeBits(out, to, REACHED[Math.max(-LIMIT, Math.min(LIMIT, lead)) + LIMIT]!);
}
