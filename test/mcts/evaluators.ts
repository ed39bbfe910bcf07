import type { Evaluator, Leaves } from '../../src/mcts/evaluator.js';

/** An evaluator that answers at once. */
export interface SyncEvaluator extends Evaluator {
  evaluate(leaves: Leaves): void;
}

/** Knows nothing: equal priors, and value 0 for all players. */
export const UNIFORM: SyncEvaluator = {
  evaluate({ logits, values }) {
    logits.fill(0);
    values.fill(0);
  },
};

/**
 * An arbitrary function of the position alone: logits in [-sharpness, sharpness], values in [-1, 1]. It uses
 * integers and one multiplication, so that it is the same on every machine.
 */
export function hashEvaluator(sharpness = 2, salt = 0): SyncEvaluator {
  return {
    evaluate({ game, states, logits, values, count }) {
      for (let row = 0; row < count; row++) {
        let h = salt;
        for (let i = 0; i < game.stateSize; i++) h = mixed(h ^ states[row * game.stateSize + i]!);
        for (let i = 0; i < game.actions; i++) logits[row * game.actions + i] = sharpness * signed(h + i);
        for (let i = 0; i < game.valueSize; i++) values[row * game.valueSize + i] = signed(h - 1 - i);
      }
    },
  };
}

/** A number in [-1, 1) with 16 bits, which float32 holds exactly. */
function signed(seed: number): number {
  return (mixed(seed) >>> 16) / 2 ** 15 - 1;
}

function mixed(z: number): number {
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad) + 0x9e3779b9;
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
