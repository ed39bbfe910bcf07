import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { countOf } from '../../src/game/pile.js';
import { Random } from '../../src/game/random.js';
import { CENTRE } from '../../src/game/state.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { Encoder } from '../../src/network/encoding.js';
import { Network } from '../../src/network/network.js';
import { openEvaluator } from '../../src/network/onnxInference.js';
import { encodeNetwork } from '../../src/network/onnxModel.js';
import { createSession } from '../../src/network/onnxSession.js';
import { TAKE_VALUES, TakeTable } from '../../src/network/takeTable.js';
import { leavesOf, randomWeights } from '../training/helpers.js';

describe.each([2, 3, 4])('takes of %i players', (players) => {
  const game = new AzulGame(players);
  const { rules } = game;
  const encoder = new Encoder(players);

  test('each entry applies to the actions that take at least its number of tiles, with its colour and destination', () => {
    const takes = new TakeTable(players);
    const leaves = leavesOf(game, 8, 1);
    const table = new Float32Array(TAKE_VALUES);
    const inputs = new Float32Array(encoder.inputs);
    let counted = 0;
    for (let row = 0; row < leaves.count; row++) {
      const at = row * game.stateSize;
      encoder.encode(leaves.states, at, inputs, 0);
      for (let entry = 0; entry < TAKE_VALUES; entry++) {
        table.fill(0)[entry] = 1;
        const [colour, step, destination] = [Math.floor(entry / 60), Math.floor(entry / 6) % 10, entry % 6];
        const logits = new Float32Array(game.actions);
        takes.addTo(logits, 0, table, 0, inputs, 0);
        const expected = logits.map((_, action) => {
          const source = Math.floor(action / 30);
          if (Math.floor(action / 6) % 5 !== colour || action % 6 !== destination) return 0;
          const isCentre = source === rules.factories;
          const count = countOf(leaves.states[at + (isCentre ? CENTRE : rules.firstFactory + source)]!, colour);
          return isCentre === step >= 4 && count > (isCentre ? step - 4 : step) ? 1 : 0;
        });
        expect(logits).toEqual(expected);
        counted += expected.reduce((sum, logit) => sum + logit, 0);
      }
    }
    expect(counted).toBeGreaterThan(50);
  });

  test('are added outside the network as they are inside the model file', async () => {
    const network = new Network(players, { width: 16, blocks: 1 });
    const weights = randomWeights(network, new Random(7));
    const leaves = leavesOf(game, 30, 2);
    const evaluator = await openEvaluator({ network, weights }, { precision: 'fp32' });
    await evaluator.evaluate(leaves);
    await evaluator.close();

    const inputs = new Float32Array(leaves.count * encoder.inputs);
    for (let row = 0; row < leaves.count; row++) {
      encoder.encode(leaves.states, row * game.stateSize, inputs, row * encoder.inputs);
    }
    const session = await createSession(encodeNetwork(network, weights));
    const { logits } = await session.run({ inputs: new ort.Tensor('float32', inputs, [leaves.count, encoder.inputs]) });
    await session.release();
    (logits!.data as Float32Array).forEach((logit, i) => {
      expect(Math.abs(leaves.logits[i]! - logit)).toBeLessThan(1e-5);
    });
  });
});
