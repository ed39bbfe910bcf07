/** Players without search or learning: fixed points at the low end of a rating list. */
import { colourOf, destinationOf, sourceOf, TO_FLOOR } from '../game/action.js';
import { countOf } from '../game/pile.js';
import type { Random } from '../game/random.js';
import type { Rules } from '../game/rules.js';
import { boardAt, CENTRE, LINES, lineCount, TURN } from '../game/state.js';
import { type Player, rulesOf } from './player.js';
import { roundGain, StaticEvaluator } from './staticEvaluator.js';

/** Plays every legal action with equal probability. */
export class RandomPlayer implements Player {
  readonly name = 'random';

  async choose(positions: readonly Int32Array[], random: Random): Promise<number[]> {
    const legal = new Uint16Array(0x200);
    return positions.map((state) => legal[random.int(rulesOf(state).legal(state, 0, legal))]!);
  }
}

/** Plays the action with the highest value one ply ahead. Equal ones are drawn at random. */
abstract class OnePlyPlayer implements Player {
  abstract readonly name: string;
  private readonly legal = new Uint16Array(0x200);
  private readonly after = new Int32Array(0x20);

  /** The value of an action for the mover. `after` is the position after it; its round is not yet ended. */
  protected abstract value(rules: Rules, before: Int32Array, action: number, after: Int32Array): number;

  async choose(positions: readonly Int32Array[], random: Random): Promise<number[]> {
    return positions.map((state) => this.best(rulesOf(state), state, random));
  }

  private best(rules: Rules, state: Int32Array, random: Random): number {
    const n = rules.legal(state, 0, this.legal);
    let best = this.legal[0]!;
    let highest = -Infinity;
    let equals = 0;
    for (let i = 0; i < n; i++) {
      const action = this.legal[i]!;
      this.after.set(state);
      rules.take(this.after, 0, action);
      const value = this.value(rules, state, action, this.after);
      if (value < highest) continue;
      equals = value > highest ? 1 : equals + 1;
      highest = value;
      if (random.int(equals) === 0) best = action;
    }
    return best;
  }
}

/**
 * Plays the move that gains the most points on its own board if the round ended now: complete lines tiled, minus the floor.
 * Among equals it prefers fewer dropped tiles, then fewer empty spaces in the line, then draws at random.
 */
export class GreedyPlayer extends OnePlyPlayer {
  readonly name = 'greedy';

  protected value(rules: Rules, before: Int32Array, action: number, after: Int32Array): number {
    const board = boardAt(0, before[TURN]!);
    const destination = destinationOf(action);
    const source = sourceOf(action);
    const pile = source === rules.factories ? before[CENTRE]! : before[rules.firstFactory + source]!;
    const taken = countOf(pile, colourOf(action));
    const space = destination === TO_FLOOR ? 0 : destination + 1 - lineCount(before[board + LINES]!, destination);
    const dropped = Math.max(0, taken - space);
    const empty = Math.max(0, space - taken);
    return 1000 * roundGain(after, board) - 10 * dropped - empty;
  }
}

/** Plays the move to the best position by the static evaluator. */
export class HeuristicPlayer extends OnePlyPlayer {
  readonly name = 'heuristic';
  private readonly evaluator = new StaticEvaluator();

  protected value(rules: Rules, before: Int32Array, _action: number, after: Int32Array): number {
    if (rules.roundIsOver(after, 0)) rules.endRound(after, 0);
    return this.evaluator.margin(rules, after, 0, before[TURN]!);
  }
}
