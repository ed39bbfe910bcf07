import { Random } from '../game/random.js';
import { AzulGame } from '../mcts/azul.js';
import { CHANCE, TERMINAL } from '../mcts/game.js';
import { Encoder } from './encoding.js';
import { INPUT_LIMIT } from './inputs.js';
import type { Network } from './network.js';
import { encodeCalibration } from './onnxModel.js';
import { createSession } from './onnxSession.js';
import * as ort from './ort.js';
import { quantizedLayers, type Ranges } from './quantization.js';

const GAMES = 16;
const SEED = 0xca1b;
/** The range of a layer whose inputs were all 0. */
const MIN_RANGE = 1e-3;

/**
 * Measures the ranges of a network's activations in 16 games in which its own policy draws the moves, about 900 positions for
 * two players. The same weights give the same ranges. Takes about 20 ms.
 */
export async function calibrate(network: Network, weights: Float32Array): Promise<Ranges> {
  const game = new AzulGame(network.players);
  const encoder = new Encoder(network.players);
  const random = new Random(SEED);
  const layers = quantizedLayers(network);
  const ranges: Ranges = { ...Object.fromEntries(layers.map((name) => [name, MIN_RANGE])), input: INPUT_LIMIT };
  const inputs = new Float32Array(GAMES * encoder.inputs);
  const session = await createSession(encodeCalibration(network, weights));
  try {
    let states = Array.from({ length: GAMES }, () => game.rules.start());
    while (states.length > 0) {
      for (const state of states) if (game.kind(state, 0) === CHANCE) game.applyChance(state, 0, random);
      states.forEach((state, row) => {
        encoder.encode(state, 0, inputs, row * encoder.inputs);
      });
      const rows = inputs.subarray(0, states.length * encoder.inputs);
      const outputs = await session.run({ inputs: new ort.Tensor('float32', rows, [states.length, encoder.inputs]) });
      const values = (name: string) => outputs[name]!.data as Float32Array;
      for (const layer of layers) ranges[layer] = Math.max(ranges[layer]!, values(`${layer}.max`)[0]!);
      states.forEach((state, row) => {
        game.apply(state, 0, drawAction(game, state, values('logits').subarray(row * game.actions), random));
      });
      states = states.filter((state) => game.kind(state, 0) !== TERMINAL);
    }
    return ranges;
  } finally {
    await session.release();
  }
}

const legal = new Uint16Array(1000);

/** Draws a legal action by the probabilities of the logits (the Gumbel-max trick). */
function drawAction(game: AzulGame, state: Int32Array, logits: Float32Array, random: Random): number {
  const count = game.legal(state, 0, legal);
  let best = legal[0]!;
  let bestScore = -Infinity;
  for (let i = 0; i < count; i++) {
    const score = logits[legal[i]!]! + random.gumbel();
    if (score > bestScore) [best, bestScore] = [legal[i]!, score];
  }
  return best;
}
