/** Loss functions: the losses of a network before and after it learns from a few games. */
import { azulTask, TrainingStep } from '../src/index.js';
import { playSomeGames } from './someGames.js';

const { config, components, sampler, close } = await playSomeGames(64);
const { network, step } = components;

console.log('Loss functions: how far the network is from the results of self-play\n');
sampler.moveWindow(1, 10_000);
const batch = sampler.sampleBatch()!;

// Two yardsticks for the policy loss: equal probabilities for all legal moves, and the entropy of the targets.
let uniform = 0;
let entropy = 0;
let policies = 0;
for (let row = 0; row < batch.size; row++) {
  if (batch.hasPolicy[row] === 0) continue;
  const actions = [...batch.policy.subarray(row * network.actions, (row + 1) * network.actions)];
  const mask = batch.mask.subarray(row * network.actions, (row + 1) * network.actions);
  uniform += Math.log(mask.filter((m) => m === 0).length);
  for (const p of actions) if (p > 0) entropy -= p * Math.log(p);
  policies++;
}
// A yardstick for the value loss: predicting 0, a draw, for every position.
const draws = batch.outcome.reduce((sum, v) => sum + v * v, 0) / batch.outcome.length;

const before = await step.computeGradients(batch);
for (let i = 0; i < 100; i++) await step.run(batch, components.schedule.rate(step.optimizer.step));
const after = await step.computeGradients(batch);

const show = (name: string, ...values: (number | string)[]) =>
  console.log(name.padEnd(30) + values.map((v) => (typeof v === 'number' ? v.toFixed(3) : v).padStart(12)).join(''));
show('', 'untrained', '100 steps', 'yardstick');
show('policy: cross-entropy', before.policyLoss, after.policyLoss, uniform / policies);
show('value: mean squared error', before.valueLoss, after.valueLoss, draws);
show('margin: mean squared error', before.marginLoss, after.marginLoss, '');
show('ownership: mean squared error', before.ownershipLoss, after.ownershipLoss, '');
show('weighted sum', before.loss, after.loss, '');
console.log(`
The yardsticks predict equal probabilities for all legal moves, and a draw. The policy loss can't fall
below the entropy of its own targets, ${(entropy / policies).toFixed(3)}. The sum is policy * ${config.training.policyWeight} + value * ${config.training.valueWeight}
+ margin * ${config.training.marginWeight} + ownership * ${config.training.ownershipWeight}.
Here the network memorises one batch of ${batch.size} positions; a run draws a new batch for each step.
`);

console.log('The temperature divides the logits before the softmax, so that one network gives another loss:');
for (const policyTemperature of [0.5, 1, 2]) {
  const losses = { ...config.training, policyTemperature };
  const other = await TrainingStep.create(azulTask(network, losses), step.weights, losses);
  const { policyLoss } = await other.computeGradients(batch);
  show(`  temperature ${policyTemperature}`, policyLoss);
  await other.close();
}
await close();
