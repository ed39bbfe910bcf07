import type { Random } from '../game/random.js';
import type { Evaluator, Leaves } from './evaluator.js';
import { CHANCE, type Game, TERMINAL } from './game.js';

/** Uniform priors, and as value the outcome of one game continued by random moves. */
export class RolloutEvaluator implements Evaluator {
  private readonly state: Int32Array;
  private readonly legal: Uint16Array;

  constructor(
    private readonly game: Game,
    private readonly random: Random,
  ) {
    this.state = new Int32Array(game.stateSize);
    this.legal = new Uint16Array(game.actions);
  }

  reseed(seed: number): void {
    this.random.reseed(seed);
  }

  evaluate(leaves: Leaves): void {
    const { game, state, legal, random } = this;
    leaves.logits.fill(0, 0, leaves.count * game.actions);
    for (let row = 0; row < leaves.count; row++) {
      state.set(leaves.states.subarray(row * game.stateSize, (row + 1) * game.stateSize));
      for (let kind = game.kind(state, 0); kind !== TERMINAL; kind = game.kind(state, 0)) {
        if (kind === CHANCE) game.applyChance(state, 0, random);
        else game.apply(state, 0, legal[random.int(game.legal(state, 0, legal))]!);
      }
      game.outcome(state, 0, leaves.values, row * game.valueSize);
    }
  }
}
