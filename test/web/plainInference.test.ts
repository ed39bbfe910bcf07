import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startPosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { Leaves } from '../../src/mcts/evaluator.js';
import { calibrate } from '../../src/network/calibration.js';
import { Network } from '../../src/network/network.js';
import { NetworkEvaluator } from '../../src/network/networkEvaluator.js';
import { openEvaluator } from '../../src/network/onnxInference.js';
import type { Model } from '../../src/network/onnxModel.js';
import { loadModel } from '../../src/players/players.js';
import { PlainInference } from '../../web/src/engine/plainInference.js';
import { randomWeights } from '../training/helpers.js';

const ROWS = 16;
const models = fileURLToPath(new URL('../../models/', import.meta.url));

const files = readdirSync(models).filter((file) => file.endsWith('.onnx'));

async function randomModel(): Promise<Model> {
  const network = new Network(2, { width: 24, blocks: 1 });
  const weights = randomWeights(network, new Random(1));
  return { network, weights, ranges: await calibrate(network, weights) };
}

test.each(['random weights', ...files].flatMap((file) => [[file, 'int8'] as const, [file, 'fp32'] as const]))(
  'plain JavaScript gives the same results as ONNX Runtime: %s, %s',
  async (file, precision) => {
    const model = file.endsWith('.onnx') ? loadModel(`${models}${file}`) : await randomModel();
    const { network } = model;
    const game = new AzulGame(network.players);
    const { rules, state } = startPosition(network.players);
    const random = new Random(3);
    const legal = new Uint16Array(rules.actions);
    rules.deal(state, 0, random);
    const fill = (leaves: Leaves) => {
      const position = state.slice();
      for (leaves.count = 0; leaves.count < ROWS; leaves.count++) {
        leaves.states.set(position, leaves.count * game.stateSize);
        game.apply(position, 0, legal[new Random(leaves.count).int(game.legal(position, 0, legal))]!);
        if (game.kind(position, 0) !== 0) rules.deal(position, 0, new Random(9));
      }
    };
    const [plain, onnx] = [new Leaves(game, ROWS), new Leaves(game, ROWS)];
    fill(plain);
    fill(onnx);
    await new NetworkEvaluator(
      network,
      new PlainInference(precision === 'int8' ? model : { ...model, ranges: undefined }),
    ).evaluate(plain);
    const evaluator = await openEvaluator(model, { precision });
    await evaluator.evaluate(onnx);
    await evaluator.close();
    const worst = (a: Float32Array, b: Float32Array) =>
      a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
    expect(worst(plain.values, onnx.values)).toBeLessThan(1e-4);
    expect(worst(plain.logits, onnx.logits)).toBeLessThan(1e-3);
    expect(new Set(plain.values).size).toBeGreaterThan(ROWS);
  },
);
