/** Training step: forward, losses, backward, clip, update. Shows that it learns, then how fast it is. */
import { azulTask, emptyBatch, makeConfig, Network, networkShape, TrainingStep } from '../src/index.js';
import { playSomeGames } from './someGames.js';

const { components, sampler, close } = await playSomeGames(64);
const { network, trainForSteps } = components;

console.log(`Training step: a network of ${network.size} parameters learns from its own games\n`);
sampler.moveWindow(1, 10_000);
console.log('steps   loss  policy  value  gradient norm  policy accuracy  ms a step');
for (let steps = 50; steps <= 250; steps += 50) {
  const mean = (await trainForSteps(50))!;
  console.log(
    `${String(steps).padStart(5)}  ${mean.loss.toFixed(3)}  ${mean.policyLoss.toFixed(3).padStart(6)}  ` +
      `${mean.valueLoss.toFixed(3)}  ${mean.gradientNorm.toFixed(2).padStart(13)}  ` +
      `${(100 * mean.policyAccuracy).toFixed(1).padStart(13)} %  ${mean.milliseconds.toFixed(2).padStart(9)}`,
  );
}
await close();

const { training } = makeConfig('laptop');
const medium = new Network(2, networkShape(makeConfig('laptop')));
const step = await TrainingStep.create(azulTask(medium, training), medium.initialWeights(1), training);
const batch = emptyBatch(medium, 64);
batch.hasPolicy.fill(1);
await step.run(batch, training.learningRate);
const started = performance.now();
for (let i = 0; i < 25; i++) await step.run(batch, training.learningRate);
const seconds = (performance.now() - started) / 1000;
console.log(
  `\n25 steps of batch 64 on the medium network (${medium.size} parameters): ${seconds.toFixed(3)} s, one thread`,
);
await step.close();
