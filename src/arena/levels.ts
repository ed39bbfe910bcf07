/** Levels of play from beginner to full strength, all by the same model. */
import { sourceOf, withSource } from '../game/action.js';
import type { Position } from '../game/notation.js';
import { Random } from '../game/random.js';
import type { Judging } from './gameAnalysis.js';
import type { PolicyAndValues } from './thinker.js';

/** A level of play. */
export interface Level {
  id: string;
  name: string;
  /** Simulations of its search. 0: it draws its move from the network's policy. */
  simulations: number;
  /** Without a search, it draws in proportion to policy^(1 / temperature); 0 takes the most probable move. */
  temperature: number;
}

/** All levels, from the weakest to the strongest. */
export const LEVELS: readonly Level[] = [
  { id: 'beginner', name: 'Beginner', simulations: 0, temperature: 3 },
  { id: 'casual', name: 'Casual', simulations: 0, temperature: 2 },
  { id: 'club', name: 'Club', simulations: 0, temperature: 0 },
  { id: 'strong', name: 'Strong', simulations: 50, temperature: 0 },
  { id: 'expert', name: 'Expert', simulations: 400, temperature: 0 },
  { id: 'full', name: 'Full strength', simulations: 3000, temperature: 0 },
];

/** Chooses the move of a level. Equal seeds give the same move. */
export async function chooseMove(
  thinker: Judging,
  position: Position,
  { simulations, temperature }: Level,
  seed: number,
): Promise<number> {
  if (simulations > 0) {
    const report = await thinker.search(position, { sims: simulations }, { multipv: 1, seed });
    return report.lines[0]!.action;
  }
  const policy = distinct(position, (await thinker.evaluate(position, seed)).policy);
  const likeliest = policy.reduce((a, b) => (b.probability > a.probability ? b : a));
  if (temperature === 0) return likeliest.action;
  const weights = policy.map(({ probability }) => (probability / likeliest.probability) ** (1 / temperature));
  let draw = new Random(seed).float() * weights.reduce((a, b) => a + b, 0);
  return policy[weights.findIndex((weight) => (draw -= weight) < 0)]?.action ?? likeliest.action;
}

/** Merges moves that differ only by equal factories: the first one, with the sum of their probabilities. */
function distinct({ rules, state }: Position, policy: PolicyAndValues['policy']): PolicyAndValues['policy'] {
  const groups = new Map<string, PolicyAndValues['policy'][number]>();
  for (const { action, probability } of policy) {
    const source = sourceOf(action);
    const pile = source < rules.factories ? state[rules.firstFactory + source]! : 'centre';
    const group = `${pile} ${withSource(action, 0)}`;
    const first = groups.get(group);
    groups.set(group, { action: first?.action ?? action, probability: probability + (first?.probability ?? 0) });
  }
  return [...groups.values()];
}
