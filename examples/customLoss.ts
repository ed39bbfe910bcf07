/**
 * A loss of your own that knows the game: a few lines register it under a name with its parameters, and from then on a
 * configuration can ask for it.
 */
import { azulTask, TrainingStep, valueLosses } from '../src/index.js';
import { playSomeGames } from './someGames.js';

// In a close game one point decides, in a decided one it does not. Score margins are tanh(points / 20), so 1 - target² is 1
// in a tie and falls to 0 where the game is decided: close games count up to 1 + emphasis times as much.
valueLosses.register(
  'closeGames',
  (graph, prediction, target, { emphasis }) => {
    const squares = graph.square(graph.subtract(prediction, target));
    const decided = graph.op('Mul', [target, target]);
    const weight = graph.op('Sub', [graph.scalar(1 + emphasis), graph.op('Mul', [decided, graph.scalar(emphasis)])]);
    return graph.scale(squares, weight);
  },
  { emphasis: 3 },
);

console.log('A loss of your own: the same network and games, the margin head trained with each of three losses\n');
const { config, components, sampler, close } = await playSomeGames(64);
const { network, schedule } = components;
sampler.moveWindow(1, 10_000);

const LOSSES = ['mse', 'closeGames', 'closeGames(emphasis=20)'];
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
console.log(`${'trained with'.padEnd(25)}${LOSSES.map((loss) => loss.padStart(25)).join('')}  <- measured by`);
for (const [i, step] of steps.entries()) {
  const measured: string[] = [];
  for (const loss of LOSSES) {
    const judge = await stepWith(loss, step.weights);
    const { marginLoss } = await judge.computeGradients(batch);
    measured.push(marginLoss.toFixed(4).padStart(25));
    await judge.close();
  }
  console.log(LOSSES[i]!.padEnd(25) + measured.join(''));
  await step.close();
}
console.log(`
A run takes the loss by its name, with or without parameters, once your program has registered it:
makeConfig('laptop', { training: { marginLoss: 'closeGames(emphasis=5)' } }).`);
await close();
