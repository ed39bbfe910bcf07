/** Tournaments: pairings and standings. */
import type { GameRecord } from './match.js';
import { rate } from './rating.js';
import { type SprtOptions, type SprtState, sprt } from './sprt.js';
import { type Comparison, compare, type Estimate, pairScores } from './statistics.js';

/** The players and the length of a tournament. */
export interface TournamentPlan {
  /** The players' specs. */
  readonly specs: readonly string[];
  /** Seats at the table. */
  readonly players: number;
  /** Deals per pairing. Each is played from every seat. */
  readonly pairs: number;
  readonly seed: number;
  /** Whether only the first meets all others; otherwise every two meet. */
  readonly gauntlet: boolean;
  /**
   * The Elo difference of a sequential test, which ends each pairing early: its first player is this much stronger, or not
   * stronger. `pairs` is then the max.
   */
  readonly sprt?: number | undefined;
}

/** The sequential test of a plan that has one. */
export function sprtOf({ sprt }: TournamentPlan): SprtOptions | undefined {
  return sprt === undefined ? undefined : { elo0: 0, elo1: sprt };
}

/** Two players that meet, by their numbers. */
export interface Pairing {
  readonly a: number;
  readonly b: number;
}

export interface PairingResult extends Pairing, Comparison {
  readonly sprt?: SprtState;
}

/** A player's place in a tournament. */
export interface Standing {
  /** Its number among the specs. */
  readonly player: number;
  /** Elo, by Bradley and Terry; the last player named is the zero point. */
  readonly rating: Estimate;
  /** Fraction of the possible points. */
  readonly score: number;
}

/** The standings of a tournament. */
export interface Standings {
  /** In the order of `pairingsOf`. */
  readonly pairings: readonly PairingResult[];
  /** Best first. */
  readonly standings: readonly Standing[];
}

/** All pairings of a tournament, in the order of play. */
export function pairingsOf({ specs, gauntlet }: TournamentPlan): Pairing[] {
  const pairings: Pairing[] = [];
  for (let a = 0; a < (gauntlet ? 1 : specs.length); a++) {
    for (let b = a + 1; b < specs.length; b++) pairings.push({ a, b });
  }
  return pairings;
}

/** Computes the standings. The games of a pairing have its first player as contestant 0. */
export function standingsOf(
  plan: TournamentPlan,
  played: readonly (Pairing & { games: readonly GameRecord[] })[],
): Standings {
  const { specs } = plan;
  const test = sprtOf(plan);
  const pairings = played.map(({ a, b, games }) => ({
    a,
    b,
    ...compare(games),
    ...(test && { sprt: sprt(pairScores(games), test) }),
  }));
  const points = specs.map(() => specs.map(() => 0));
  for (const { a, b, wins, draws, losses } of pairings) {
    points[a]![b] = wins + draws / 2;
    points[b]![a] = losses + draws / 2;
  }
  const standings = rate(points, specs.length - 1, plan.players).flatMap((rating, player) => {
    const made = points[player]!.reduce((sum, p) => sum + p, 0);
    const lost = points.reduce((sum, row) => sum + row[player]!, 0);
    // A player without games has no place.
    return made + lost > 0 ? [{ player, rating, score: made / (made + lost) }] : [];
  });
  return { pairings, standings: standings.sort((x, y) => y.rating.mean - x.rating.mean) };
}
