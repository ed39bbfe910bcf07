import { sourceOf } from '../game/action.js';
import { canonicalise } from '../game/canonical.js';
import type { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { DEAL_DUE, OVER, PHASE, ROUND, TURN } from '../game/state.js';
import { Endgame } from './endgame.js';
import { CHANCE, DECISION, type Game, TERMINAL } from './game.js';
import { POINT } from './lastRound.js';

/**
 * The last round in the search and in self-play; then the scores as they stand decide. Without it a game never ends if all
 * tiles go to floor lines. Games between good players last 5 or 6 rounds, random ones 7, rarely more than 10.
 */
export const LAST_ROUND = 20;

/** The margin, in points, whose margin value is tanh(1) = 0.76. */
const MARGIN_SCALE = 20;

/** The margin value of 166 points. A float can't separate values nearer to 1. */
const MAX_MARGIN_VALUE = 1 - 2 ** -23;

/** The value of a margin in points, in (-1, 1): tanh(margin / 20). */
export function marginValue(points: number): number {
  return Math.tanh(points / MARGIN_SCALE);
}

/** The margin in points that has a margin value; the inverse of `marginValue`. */
export function marginPoints(value: number): number {
  return MARGIN_SCALE * Math.atanh(Math.max(-MAX_MARGIN_VALUE, Math.min(MAX_MARGIN_VALUE, value)));
}

/** Fraction of the utility that comes from the margin, after KataGo's score utility (Wu 2019, section 4). */
export const MARGIN_WEIGHT = 0.3;

/**
 * Azul as the search sees it. Factories are sorted, and moves from only one of several equal factories are legal. A player's
 * utility is 0.7 of the rank value plus 0.3 of the margin value, which separates close games.
 */
export class AzulGame implements Game {
  readonly rules: Rules;
  readonly actions: number;
  readonly stateSize: number;
  /** Length of a value vector: each player's utility, then each player's margin value. */
  readonly valueSize: number;
  private solver?: Endgame;

  constructor(readonly players: number) {
    this.rules = Rules.for(players);
    this.actions = this.rules.actions;
    this.stateSize = this.rules.stateSize;
    this.valueSize = 2 * players;
  }

  /** The solver. It is created on first use, because its table takes 4 MB. */
  private get endgame(): Endgame {
    this.solver ??= new Endgame(this.rules);
    return this.solver;
  }

  kind(state: Int32Array, at: number): number {
    const phase = state[at + PHASE]!;
    if (phase === DEAL_DUE) return state[at + ROUND]! >= LAST_ROUND ? TERMINAL : CHANCE;
    return phase === OVER ? TERMINAL : DECISION;
  }

  mover(state: Int32Array, at: number): number {
    return state[at + TURN]!;
  }

  legal(state: Int32Array, at: number, out: Uint16Array): number {
    const n = this.rules.legal(state, at, out);
    // Equal factories are neighbours; keep the moves of the first.
    const first = at + this.rules.firstFactory;
    let kept = 0;
    for (let i = 0; i < n; i++) {
      const source = sourceOf(out[i]!);
      if (source > 0 && source < this.rules.factories && state[first + source] === state[first + source - 1]) continue;
      out[kept++] = out[i]!;
    }
    return kept;
  }

  apply(state: Int32Array, at: number, action: number): void {
    this.rules.apply(state, at, action);
    canonicalise(this.rules, state, at);
  }

  applyChance(state: Int32Array, at: number, random: Random): void {
    this.rules.deal(state, at, random);
    canonicalise(this.rules, state, at);
  }

  outcome(state: Int32Array, at: number, out: Float32Array, outAt: number): void {
    for (let p = 0; p < this.players; p++) {
      const margin = marginValue(this.margin(state, at, p));
      out[outAt + p] = utility(this.rankValue(state, at, p), margin);
      out[outAt + this.players + p] = margin;
    }
  }

  /** Solves last rounds of two players whose `Endgame.size` is at most `effort`. */
  solve(state: Int32Array, at: number, effort: number, out: Float32Array, outAt: number): boolean {
    if (this.players !== 2 || this.endgame.size(state, at) > effort) return false;
    const lead = this.endgame.solve(state, at);
    const mover = state[at + TURN]!;
    const margin = marginValue(0 + Math.round(lead / POINT));
    const worth = utility(Math.sign(lead), margin);
    out[outAt + mover] = worth;
    out[outAt + 1 - mover] = 0 - worth;
    out[outAt + 2 + mover] = margin;
    out[outAt + 3 - mover] = 0 - margin;
    return true;
  }

  /** Returns a best action of a position that `solve` can solve. */
  solution(state: Int32Array, at: number): number {
    return this.endgame.best(state, at);
  }

  /** A player's rank by the scores as they stand: 1 for the first, -1 for the last, 0 in the middle; ties share. */
  rankValue(state: Int32Array, at: number, player: number): number {
    const own = this.rules.standing(state, at, player);
    let value = 0;
    for (let p = 0; p < this.players; p++) value += Math.sign(own - this.rules.standing(state, at, p));
    return value / (this.players - 1);
  }

  /** A player's score minus the best score of the others. */
  margin(state: Int32Array, at: number, player: number): number {
    let best = 0;
    for (let p = 0; p < this.players; p++) {
      if (p !== player) best = Math.max(best, this.rules.score(state, at, p));
    }
    return this.rules.score(state, at, player) - best;
  }
}

/** The utility, which the search maximises, of a rank value and a margin value. */
export function utility(rank: number, margin: number): number {
  return (1 - MARGIN_WEIGHT) * rank + MARGIN_WEIGHT * margin;
}

/** The rank value in a utility, given its margin value. */
export function rankOf(utility: number, margin: number): number {
  return Math.max(-1, Math.min(1, (utility - MARGIN_WEIGHT * margin) / (1 - MARGIN_WEIGHT)));
}
