/** The process that `tryForeign` starts. */
import '../network/noTelemetry.js';
import { canonicalise } from '../game/canonical.js';
import { Random } from '../game/random.js';
import { DEAL_DUE, OVER, PHASE } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { Leaves } from '../mcts/evaluator.js';
import { ForeignEvaluator } from '../network/foreign/foreignEvaluator.js';
import type { Trial, Verdict } from './trial.js';

const POSITIONS = 32;
/** Max difference between a network's outputs for a position alone and for the same position in a batch. */
const TOLERANCE = 0.01;

process.once('message', async (trial: Trial) => {
  let fault: string | undefined;
  try {
    fault = await run(trial);
  } catch (error) {
    fault = `can't be run: ${(error as Error).message.replace(/\s+/g, ' ').slice(0, 300)}`;
  }
  process.send!({ fault } satisfies Verdict);
});

/** Returns what is wrong with the network; undefined if nothing is. */
async function run({ model, device }: Trial): Promise<string | undefined> {
  const game = new AzulGame(model.players);
  const evaluator = await ForeignEvaluator.open(model, { device });
  const batch = positions(game);
  await evaluator.evaluate(batch);
  const { logits, values } = batch;
  if (!logits.every(Number.isFinite)) return 'gives logits that are no finite numbers';
  if (!values.every((value) => Math.abs(value) <= 1 + TOLERANCE)) return 'gives values outside -1 to 1';
  const alone = new Leaves(game, 1);
  const row = POSITIONS - 1;
  alone.count = 1;
  alone.states.set(batch.states.subarray(row * game.stateSize));
  await evaluator.evaluate(alone);
  const differs = (one: Float32Array, all: Float32Array) =>
    one.some((value, i) => Math.abs(value - all[row * one.length + i]!) > TOLERANCE);
  if (differs(alone.logits, logits) || differs(alone.values, values))
    return 'says other things of a position alone than of the same position in a batch';
  return undefined;
}

/** Positions of random games in which a move is due. */
function positions(game: AzulGame): Leaves {
  const leaves = new Leaves(game, POSITIONS);
  const { rules, stateSize } = game;
  const random = new Random(0);
  const legal = new Uint16Array(rules.actions);
  let state = rules.start();
  while (leaves.count < POSITIONS) {
    if (state[PHASE] === OVER) state = rules.start();
    if (state[PHASE] === DEAL_DUE) rules.deal(state, 0, random);
    canonicalise(rules, state, 0);
    leaves.states.set(state, leaves.count++ * stateSize);
    rules.apply(state, 0, legal[random.int(rules.legal(state, 0, legal))]!);
  }
  return leaves;
}
