/**
 * A loss of your own that knows the game: a few lines register it under a name with its parameters, and from then on a
 * configuration can ask for it.
 */
import { azulTask, TrainingStep, valueLosses } from '../src/index.js';
import { playSomeGames } from './someGames.js';

// A lead that is not there loses games; one that turns out greater does not. And in a close game one point decides. Score
// margins are tanh(points / 20), so 1 - target² is 1 in a tie and falls to 0 where the game is decided. So margins that are
// predicted too high cost up to 1 + caution times as much.
valueLosses.register(
  'cautious',
  (graph, prediction, target, { caution }) => {
    const error = graph.subtract(prediction, target);
    const tooHigh = graph.square(graph.relu(error));
    const closeness = graph.op('Sub', [graph.scalar(1), graph.op('Mul', [target, target])]);
    const extra = graph.op('Mul', [closeness, graph.scalar(caution)]);
    return graph.add(graph.square(error), graph.scale(tooHigh, extra));
  },
  { caution: 4 },
);

console.log('A loss of your own: the same network and games, the margin head trained with either of two losses\n');
const { config, components, sampler, close } = await playSomeGames(64);
const { network, schedule } = components;
sampler.moveWindow(1, 10_000);

const LOSSES = ['mse', 'cautious(caution=8)'];
const stepWith = (marginLoss: string, weights: Float32Array) => {
  const training = { ...config.training, marginLoss };
  return TrainingStep.create(azulTask(network, training), weights, training);
};
const steps = await Promise.all(LOSSES.map((loss) => stepWith(loss, network.initialWeights(config.seed))));
for (let i = 0; i < 300; i++) {
  const batch = sampler.sampleBatch()!;
  for (const step of steps) await step.run(batch, schedule.rate(step.optimizer.step));
}

const batch = sampler.sampleBatch()!;
console.log(`${'trained with'.padEnd(20)}${LOSSES.map((loss) => `measured by ${loss}`.padStart(33)).join('')}`);
for (const [i, step] of steps.entries()) {
  const measured: string[] = [];
  for (const loss of LOSSES) {
    const judge = await stepWith(loss, step.weights);
    const { marginLoss } = await judge.computeGradients(batch);
    measured.push(marginLoss.toFixed(4).padStart(33));
    await judge.close();
  }
  console.log(LOSSES[i]!.padEnd(20) + measured.join(''));
  await step.close();
}
console.log(`
Each does best by its own measure. A run takes the loss by its name, with its parameters or without them, once your program has
registered it:
makeConfig('laptop', { training: { marginLoss: 'cautious(caution=8)' } }).`);
await close();
