/** Checkpoint management: saves, rotates, keeps the best, and shows what a damaged file does. */
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager, loadModel } from '../src/index.js';
import { playSomeGames } from './someGames.js';

const { config, components, sampler, folder, close } = await playSomeGames(32);
const { network, step } = components;

console.log('Checkpoint management: keeps the last 2 checkpoints and the best\n');
sampler.moveWindow(1, 10_000);
const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), 2);
for (let iteration = 1; iteration <= 5; iteration++) {
  await components.trainForSteps(10);
  const started = performance.now();
  checkpoints.save({
    iteration,
    network,
    weights: step.weights,
    average: step.average?.weights,
    optimizer: step.optimizer,
    schedule: components.schedule.save(),
    sampler: sampler.save(),
    replayFrom: sampler.oldestGame,
    needs: [],
    config,
    statistics: undefined,
  });
  const milliseconds = performance.now() - started;
  if (iteration === 2) checkpoints.markBest(iteration, 150);
  console.log(
    `saved iteration ${iteration} in ${milliseconds.toFixed(0)} ms${iteration === 2 ? ', marked as the best' : ''}; ` +
      `there are now ${checkpoints.iterations().join(', ')}`,
  );
}

const { iteration, weights, optimizer } = checkpoints.latest(console.log)!;
const same = weights.every((w, i) => w === step.weights[i]);
console.log(
  `\nThe newest, ${iteration}, loads with ${same ? 'the same' : 'other'} weights, at step ${optimizer.step}.`,
);

const model = checkpoints.modelPath(iteration);
console.log(
  `Its weights are an ONNX model of ${statSync(model).size} bytes: ${loadModel(model).network.size} parameters.`,
);

console.log('\nNow its model file is cut short:');
truncateSync(model, 1000);
const found = checkpoints.latest((message) => console.log(`  ${message.replaceAll(folder, '…')}`))!;
console.log(
  `A run would continue from iteration ${found.iteration}. The best is iteration ${checkpoints.best()!.iteration}.`,
);
await close();
