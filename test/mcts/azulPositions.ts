import { Random } from '../../src/game/random.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { CHANCE, DECISION, TERMINAL } from '../../src/mcts/game.js';

/** The decision after n random plies. A game that ends earlier starts again. */
export function azulPosition(players: number, seed: number, plies: number): Int32Array {
  const game = new AzulGame(players);
  const random = new Random(players, seed, plies);
  const legal = new Uint16Array(game.actions);
  let state = game.rules.start();
  for (let ply = 0; ply < plies || game.kind(state, 0) !== DECISION; ) {
    const kind = game.kind(state, 0);
    if (kind === TERMINAL) state = game.rules.start();
    else if (kind === CHANCE) game.applyChance(state, 0, random);
    else {
      game.apply(state, 0, legal[random.int(game.legal(state, 0, legal))]!);
      ply++;
    }
  }
  return state;
}
