/** Players without search or learning: the fixed points at the low end of every rating list. */
import { colourOf, destinationOf, sourceOf, TO_FLOOR } from '../game/action.js';
import { countOf } from '../game/pile.js';
import type { Random } from '../game/random.js';
import type { Rules } from '../game/rules.js';
import { boardAt, CENTRE, LINES, lineCount, TURN } from '../game/state.js';
import { type Player, rulesOf } from './player.js';
import { roundGain, StaticEvaluator } from './staticEvaluator.js';

/** Every legal action is as likely as any other. */
export class RandomPlayer implements Player {
  readonly name = 'random';

  async choose(positions: readonly Int32Array[], random: Random): Promise<number[]> {
    const legal = new Uint16Array(0x200);
    return positions.map((state) => legal[random.int(rulesOf(state).legal(state, 0, legal))]!);
  }
}

/** Plays the action whose value, one ply ahead, is highest; equal ones are drawn by lot. */
abstract class OnePlyPlayer implements Player {
  abstract readonly name: string;
  private readonly legal = new Uint16Array(0x200);
  private readonly after = new Int32Array(0x20);

  /** The worth of an action to the mover; `after` is the position that it leads to, its round not yet ended. */
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
 * Takes what gains most points on its own board if the round ended at once: complete lines tiled, less the floor.
 * Between equals it prefers to drop fewer tiles, then to leave fewer empty spaces in the line, then draws lots.
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

/** Takes what leads to the best position by the static evaluation. */
export class HeuristicPlayer extends OnePlyPlayer {
  readonly name = 'heuristic';
  private readonly evaluation = new StaticEvaluator();

  protected value(rules: Rules, before: Int32Array, _action: number, after: Int32Array): number {
    if (rules.roundIsOver(after, 0)) rules.endRound(after, 0);
    return this.evaluation.margin(rules, after, 0, before[TURN]!);
  }
}
