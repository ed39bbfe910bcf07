/** Opponents from beginner to full strength, by the same model. */
import { sourceOf, withSource } from '../game/action.js';
import type { Position } from '../game/notation.js';
import { Random } from '../game/random.js';
import type { Judging } from './gameAnalysis.js';
import type { PolicyAndValues } from './thinker.js';

/** How strongly the model plays. */
export interface Level {
  id: string;
  name: string;
  /** Simulations of its search; 0: it draws its move from the network's policy. */
  simulations: number;
  /** Without a search: how freely it draws, in proportion to policy^(1 / temperature); 0 takes the likeliest. */
  temperature: number;
}

/** From the weakest to the strongest. */
export const LEVELS: readonly Level[] = [
  { id: 'beginner', name: 'Beginner', simulations: 0, temperature: 3 },
  { id: 'casual', name: 'Casual', simulations: 0, temperature: 2 },
  { id: 'club', name: 'Club', simulations: 0, temperature: 0 },
  { id: 'strong', name: 'Strong', simulations: 50, temperature: 0 },
  { id: 'expert', name: 'Expert', simulations: 400, temperature: 0 },
  { id: 'full', name: 'Full strength', simulations: 3000, temperature: 0 },
];

/** The move of a level; with equal seeds it is the same. */
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

/** The first of each group of moves that only take from equal factories, with the probabilities of all. */
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
