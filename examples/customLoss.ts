/** A loss of your own: register it under a name, then use the name in a configuration. */
import { azulTask, TrainingStep, valueLosses } from '../src/index.js';
import { playSomeGames } from './someGames.js';

// Quantile loss of the lower quartile: the margin is worse than predicted in a quarter of the games, a cautious estimate.
valueLosses.register('lowerQuartile', (graph, prediction, target) => {
  const error = graph.subtract(prediction, target);
  return graph.add(graph.scale(graph.abs(error), graph.scalar(0.5)), graph.scale(error, graph.scalar(0.25)));
});

console.log('A loss of your own: the same network and games, with one of two losses for the margin\n');
const { config, components, sampler, close } = await playSomeGames(64);
const { network, schedule } = components;
sampler.moveWindow(1, 10_000);

const LOSSES = ['mse', 'lowerQuartile'];
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
console.log(`${'trained with'.padEnd(16)}${LOSSES.map((loss) => `measured by ${loss}`.padStart(28)).join('')}`);
for (const [i, step] of steps.entries()) {
  const measured: string[] = [];
  for (const loss of LOSSES) {
    const judge = await stepWith(loss, step.weights);
    const losses = await judge.computeGradients(batch);
    measured.push(losses.marginLoss.toFixed(4).padStart(28));
    await judge.close();
  }
  console.log(LOSSES[i]!.padEnd(16) + measured.join(''));
  await step.close();
}
console.log(`
Each network is best by the loss that it was trained with. After your program has registered a loss, a run can use its name:
makeConfig('laptop', { training: { marginLoss: 'lowerQuartile' } }).`);
await close();
