import type { AzulGame } from '../mcts/azul.js';
import { marginValue } from '../mcts/azul.js';
import type { Evaluator, Leaves } from '../mcts/evaluator.js';
import { DECISION } from '../mcts/game.js';
import { StaticEvaluator } from './staticEvaluator.js';

/** Hundredths of a point that multiply an action's probability by e. */
const TEMPERATURE = 150;

/** The static evaluator as an evaluator of the search: its values, and priors from the positions after each action. */
export class HeuristicEvaluator implements Evaluator {
  private readonly staticEvaluator = new StaticEvaluator();
  private readonly after: Int32Array;
  private readonly legal: Uint16Array;

  constructor(private readonly game: AzulGame) {
    this.after = new Int32Array(game.stateSize);
    this.legal = new Uint16Array(game.actions);
  }

  evaluate({ count, states, logits, values }: Leaves): void {
    const { game, staticEvaluator, after, legal } = this;
    const { players, stateSize, actions, valueSize, rules } = game;
    for (let row = 0; row < count; row++) {
      const at = row * stateSize;
      for (let p = 0; p < players; p++) {
        const value = marginValue(staticEvaluator.margin(rules, states, at, p) / 100);
        values[row * valueSize + p] = value;
        values[row * valueSize + players + p] = value;
      }
      if (game.kind(states, at) !== DECISION) continue;
      const mover = game.mover(states, at);
      const n = game.legal(states, at, legal);
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < stateSize; k++) after[k] = states[at + k]!;
        rules.take(after, 0, legal[i]!);
        logits[row * actions + legal[i]!] = staticEvaluator.margin(rules, after, 0, mover) / TEMPERATURE;
      }
    }
  }
}
