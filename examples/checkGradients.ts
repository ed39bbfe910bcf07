/** Gradients that anyone can check: those of two losses against central differences, before either trains anything. */
import { azulTask, checkDirections, checkGradients, Network, valueLosses } from '../src/index.js';
import { playSomeGames } from './someGames.js';

// The same square, written twice. No gradient flows through the second argument of graph.scale, so the second is wrong.
valueLosses.register('right', (graph, prediction, target) => graph.square(graph.subtract(prediction, target)));
valueLosses.register('wrong', (graph, prediction, target) => {
  const error = graph.subtract(prediction, target);
  return graph.scale(error, error);
});

const { config, sampler, close } = await playSomeGames(64);
sampler.moveWindow(1, 10_000);
const batch = sampler.sampleBatch()!;
const network = new Network(2, { width: 16, blocks: 1 });
const weights = network.initialWeights(1);

console.log('Gradients against central differences; errors are fractions of the greatest slope\n');
for (const valueLoss of ['right', 'wrong']) {
  const task = () => azulTask(network, { ...config.training, valueLoss });
  const bias = await checkGradients(task(), weights, batch, { parameters: ['value.bias'] });
  const all = await checkDirections(task(), weights, batch);
  console.log(
    `${valueLoss}: the ${bias.checked} values of value.bias, one by one: error ${bias.maxError.toExponential(1)}`,
  );
  console.log(
    `${valueLoss}: all ${network.size} values along ${all.checked} directions: error ${all.maxError.toExponential(1)}`,
  );
  const { where, gradient, slope } = bias.worst;
  if (bias.maxError > 1e-3)
    console.log(`  the gradient of ${where} is ${gradient.toFixed(6)}, its slope ${slope.toFixed(6)}`);
}
await close();
