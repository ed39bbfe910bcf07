import { expect, onTestFinished, test } from 'vitest';
import { ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { isHeldOut } from '../../../src/training/data/replayWindow.js';
import { createTrainingComponents } from '../../../src/training/run/components.js';
import { override, PRESETS } from '../../../src/training/run/config.js';
import { validate } from '../../../src/training/step/validation.js';
import { playFake } from '../helpers.js';

const numbers = Array.from({ length: 16 }, (_, n) => n);
const held = numbers.filter((n) => isHeldOut(n, 0.3));

async function components(batchSize: number, fraction = 0.3) {
  const config = override(PRESETS.tiny!, { training: { batchSize, minPositions: 1 }, validation: { fraction } });
  const replay = new ReplayBuffer(':memory:', 2);
  replay.add(await playFake(numbers));
  const made = await createTrainingComponents(config, replay);
  onTestFinished(async () => {
    await made.close();
    replay.close();
  });
  made.sampler.moveWindow(1, 10_000);
  return made;
}

test('validation gives the losses of the held-out positions, and changes nothing', async () => {
  expect(held.length).toBeGreaterThan(2);
  const { step, sampler } = await components(4096);
  const weights = step.weights.slice();
  const state = sampler.save();
  const result = await validate(step, sampler, 4096);
  expect(step.weights).toEqual(weights);
  expect(step.optimizer.step).toBe(0);
  expect(sampler.save()).toEqual(state);

  const [batch] = sampler.validationBatches(4096);
  for (const [name, value] of Object.entries(await step.computeGradients(batch!))) {
    expect(result![name as keyof typeof result]).toBeCloseTo(value, 5);
  }
});

test('batches of any size give the same means', async () => {
  const whole = await components(4096);
  const parts = await components(50);
  const a = await validate(whole.step, whole.sampler, 4096);
  const b = await validate(parts.step, parts.sampler, 4096);
  expect(b!.valueLoss).toBeCloseTo(a!.valueLoss, 5);
  expect(b!.marginLoss).toBeCloseTo(a!.marginLoss, 5);
  // Though batches have a few positions without a policy more or less.
  expect(b!.policyLoss).toBeCloseTo(a!.policyLoss, 5);
  expect(b!.policyAccuracy).toBeCloseTo(a!.policyAccuracy, 5);
  expect(b!.loss).toBeCloseTo(a!.loss, 5);
});

test('without held-out games there is none', async () => {
  const { step, sampler } = await components(64, 0);
  expect(await validate(step, sampler, 1024)).toBeNull();
});

test('training lowers the loss of training games more than that of held-out ones', async () => {
  const { step, sampler, trainForSteps } = await components(64);
  const gap = async () => {
    const heldOut = await validate(step, sampler, 4096);
    return heldOut!.loss - (await validate(step, sampler, 4096, 'training'))!.loss;
  };
  const before = await gap();
  await trainForSteps(311);
  expect(await gap()).toBeGreaterThan(before + 0.05);
});
