/** A network of your own on data of your own: fitArrays trains any graph on plain arrays. Here it learns two spirals. */
import { fitArrays, Random, softmax } from '../src/index.js';

// 400 points on two spirals that wind around each other, with noise; the class says which.
const random = new Random(1);
const targets = Array.from({ length: 400 }, (_, i) => i % 2);
const inputs = targets.map((spiral) => {
  const turn = 0.25 + random.float();
  const angle = 2 * Math.PI * turn + Math.PI * spiral;
  return [turn * Math.cos(angle) + 0.03 * random.normal(), turn * Math.sin(angle) + 0.03 * random.normal()];
});

console.log('Two spirals, 400 points, a fifth of them held out\n\nepoch    loss  accuracy  held-out loss  accuracy');
const { history, bestEpoch, weights, predict } = await fitArrays({
  network: (graph, x, linear) => {
    const hidden = graph.relu(linear(x, 2, 32));
    return linear(graph.relu(linear(hidden, 32, 32)), 32, 2);
  },
  inputs,
  targets,
  loss: 'crossEntropy',
  epochs: 150,
  patience: 40,
  schedule: 'cosine',
  decaySteps: 1500,
  onEpoch: (epoch, { trainLoss, trainMetric, validationLoss, validationMetric }) => {
    if (epoch % 25 !== 0 && epoch !== 1) return;
    const [train, held] = [trainLoss, validationLoss].map((losses) => losses.at(-1)!.toFixed(4));
    const [right, heldRight] = [trainMetric, validationMetric].map(
      (metric) => `${(100 * metric.at(-1)!).toFixed(1)} %`,
    );
    console.log(
      `${String(epoch).padStart(5)}  ${train}  ${right!.padStart(8)}  ${held!.padStart(13)}  ${heldRight!.padStart(8)}`,
    );
  },
});
const [outputs] = await predict([[0.5, 0]]);
const probability = softmax(outputs!, 2)[1]!;
console.log(`
The best of ${history.trainLoss.length} epochs was ${bestEpoch}; the network has ${weights.length} weights.
It gives the point (0.5, 0) to the second spiral with a probability of ${(100 * probability).toFixed(1)} %.`);
