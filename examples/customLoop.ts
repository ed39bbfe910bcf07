/** A training loop of your own from all components, instead of the Trainer's. */
import { createTrainingComponents, evaluateAgainst, makeConfig, ReplayBuffer } from '../src/index.js';

const config = makeConfig('tiny', { selfPlay: { gamesPerIteration: 64, parallelGames: 64, simulations: 16 } });
const replay = new ReplayBuffer(':memory:', config.players);
const components = await createTrainingComponents(config, replay);
const { network, executor, sampler, step, playGames, trainForSteps } = components;

try {
  for (let iteration = 1; iteration <= 5; iteration++) {
    await playGames({ iteration, onGame: (game) => replay.add([game]) });
    sampler.moveWindow(iteration, 10_000);
    const means = await trainForSteps(150);
    console.log(`iteration ${iteration}: ${replay.positions} positions, loss ${means?.loss.toFixed(3)}`);
  }

  const model = { name: 'mine', shape: network.shape, weights: step.playingWeights, simulations: 16 };
  const match = { seats: config.players, pairs: 20, seed: 1 };
  const { score, pairs } = await evaluateAgainst(executor, model, 'random', match);
  console.log(
    `It scores ${(100 * score.mean).toFixed(1)} % against the random player over ${pairs} deals, each from both seats.`,
  );
} finally {
  await components.close();
  replay.close();
}
