import type { GameRecord } from '../../src/arena/match.js';
import { scoreAt } from '../../src/arena/statistics.js';
import type { Random } from '../../src/game/random.js';

/** Advantage in Elo that a deal gives to the first or to the second seat, each with probability 1/2. */
const LUCK = 150;
const DRAW = 0.04;

/** A 2-player pair between players that are `elo` apart. Its two games share a deal that favours one of the seats. */
export function simulatePair(random: Random, elo: number, pair = 0): GameRecord[] {
  const luck = random.int(2) === 0 ? LUCK : -LUCK;
  return [0, 1].map((rotation) => {
    const chance = scoreAt(rotation === 0 ? elo + luck : elo - luck);
    const draw = random.float() < DRAW;
    const won = random.float() < chance;
    const margin = Math.round(20 * (chance - 0.5) + 15 * random.normal());
    const scores = rotation === 0 ? [50 + margin, 50] : [50, 50 + margin];
    const ranks = draw ? [1, 1] : won === (rotation === 0) ? [1, 2] : [2, 1];
    return { pair, rotation, seats: [rotation, 1 - rotation], scores, ranks, plies: 0, tokens: [] };
  });
}

/** The mean score of simulatePair. */
export function trueScore(elo: number): number {
  return DRAW / 2 + ((1 - DRAW) * (scoreAt(elo + LUCK) + scoreAt(elo - LUCK))) / 2;
}

/** The mean margin of simulatePair. */
export function trueMargin(elo: number): number {
  return 20 * ((scoreAt(elo + LUCK) + scoreAt(elo - LUCK)) / 2 - 0.5);
}
