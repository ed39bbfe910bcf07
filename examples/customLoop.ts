/** All components together: a training loop of your own, in place of the Trainer's. */
import {
  createTrainingComponents,
  evaluateAgainst,
  makeConfig,
  ReplayBuffer,
  selfPlay,
  selfPlaySearch,
} from '../src/index.js';

const config = makeConfig('tiny', { selfPlay: { parallelGames: 64, simulations: 16 } });
const replay = new ReplayBuffer(':memory:', config.players);
const { network, workers, sampler, step, trainForSteps, close } = await createTrainingComponents(config, replay);

for (let iteration = 1; iteration <= 5; iteration++) {
  await selfPlay(workers, {
    network,
    weights: step.playingWeights,
    search: selfPlaySearch(config),
    parallel: config.selfPlay.parallelGames,
    seed: config.seed,
    iteration,
    games: Array.from({ length: 64 }, (_, i) => iteration * 64 + i),
    onGame: (game) => replay.add([game]),
  });
  sampler.moveWindow(iteration, 10_000);
  const mean = await trainForSteps(150);
  console.log(`iteration ${iteration}: ${replay.positions} positions, loss ${mean?.loss.toFixed(3)}`);
}

const model = { name: 'mine', shape: network.shape, weights: step.playingWeights, simulations: 16 };
const { score, pairs } = await evaluateAgainst(workers, model, 'random', { seats: config.players, pairs: 20, seed: 1 });
console.log(
  `It scores ${(100 * score.mean).toFixed(1)} % against the random player over ${pairs} deals, each from both seats.`,
);
await close();
