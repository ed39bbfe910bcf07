import { expect, onTestFinished, test } from 'vitest';
import { override } from '../../../src/training/config/changes.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { isHeldOut } from '../../../src/training/data/replayWindow.js';
import { createTrainingComponents } from '../../../src/training/run/components.js';
import {
  accuracy,
  entropy,
  klDivergence,
  softmax,
  topAccuracy,
} from '../../../src/training/step/metrics/classification.js';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  rootMeanSquaredError,
  rSquared,
} from '../../../src/training/step/metrics/regression.js';
import { expectedCalibrationError, reliabilityCurve } from '../../../src/training/step/metrics/reliability.js';
import { validate } from '../../../src/training/step/validation.js';
import { referenceForward } from '../../network/referenceNetwork.js';
import { playFake } from '../helpers.js';

const numbers = Array.from({ length: 16 }, (_, n) => n);
const held = numbers.filter((n) => isHeldOut(n, 0.3));

async function components(batchSize: number, fraction = 0.3) {
  const config = override(PRESETS.tiny, { training: { batchSize, minPositions: 1 }, validation: { fraction } });
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

test('metrics are those of the reference network in 64 bits, over all held-out positions at once', async () => {
  // The positions fill several batches.
  const { network, step, sampler } = await components(50);
  const { inputs, actions } = network;
  const predicted = { value: [] as number[], margin: [] as number[], logits: [] as number[] };
  const targets = {
    outcome: [] as number[],
    margin: [] as number[],
    policy: [] as number[],
    finalRank: [] as number[],
  };
  for (const batch of sampler.validationBatches(4096)) {
    for (let row = 0; row < batch.size; row++) {
      const heads = referenceForward(
        network,
        step.playingWeights,
        batch.inputs.subarray(row * inputs, (row + 1) * inputs),
      );
      predicted.value.push(...heads.value);
      predicted.margin.push(...heads.margin);
      if (batch.hasPolicy[row] === 0) continue;
      predicted.logits.push(...heads.logits.map((logit, a) => logit + batch.mask[row * actions + a]!));
      targets.policy.push(...batch.policy.subarray(row * actions, (row + 1) * actions));
    }
    targets.outcome.push(...batch.outcome);
    targets.margin.push(...batch.margin);
    targets.finalRank.push(...batch.finalRank);
  }
  const result = (await validate(step, sampler, 4096))!;
  const curve = reliabilityCurve(
    predicted.value.map((v) => (v + 1) / 2),
    targets.finalRank.map((v) => (v + 1) / 2),
  );
  const expected = {
    valueRmse: rootMeanSquaredError(predicted.value, targets.outcome),
    valueMae: meanAbsoluteError(predicted.value, targets.outcome),
    valueMape: meanAbsolutePercentageError(predicted.value, targets.outcome),
    valueR2: rSquared(predicted.value, targets.outcome),
    marginRmse: rootMeanSquaredError(predicted.margin, targets.margin),
    marginMae: meanAbsoluteError(predicted.margin, targets.margin),
    marginMape: meanAbsolutePercentageError(predicted.margin, targets.margin),
    marginR2: rSquared(predicted.margin, targets.margin),
    policyAccuracy: accuracy(predicted.logits, targets.policy, actions),
    policyTop3: topAccuracy(predicted.logits, targets.policy, actions, 3),
    policyEntropy: entropy(softmax(predicted.logits, actions), actions),
    policyKl: klDivergence(predicted.logits, targets.policy, actions),
    valueCalibrationError: expectedCalibrationError(curve),
  };
  for (const [name, value] of Object.entries(expected)) {
    expect(result[name as keyof typeof expected], name).toBeCloseTo(value, 4);
  }
  expect(result.valueReliability.map(({ count }) => count)).toEqual(curve.map(({ count }) => count));
  expect(result.policyTop3).toBeGreaterThan(result.policyAccuracy);
  expect(Math.sqrt(result.valueLoss)).toBeCloseTo(result.valueRmse, 5);
});

test('batches of any size give the same means', async () => {
  const whole = await components(4096);
  const parts = await components(50);
  const a = await validate(whole.step, whole.sampler, 4096);
  const b = await validate(parts.step, parts.sampler, 4096);
  expect(b!.valueLoss).toBeCloseTo(a!.valueLoss, 5);
  expect(b!.marginLoss).toBeCloseTo(a!.marginLoss, 5);
  // The batches differ slightly in their number of positions without a policy.
  expect(b!.policyLoss).toBeCloseTo(a!.policyLoss, 5);
  expect(b!.policyAccuracy).toBeCloseTo(a!.policyAccuracy, 5);
  expect(b!.loss).toBeCloseTo(a!.loss, 5);
});

test('there is no validation without held-out games', async () => {
  const { step, sampler } = await components(64, 0);
  expect(await validate(step, sampler, 1024)).toBeNull();
});

test('training lowers the loss of training games more than that of held-out games', async () => {
  const { step, sampler, trainForSteps } = await components(64);
  const gap = async () => {
    const heldOut = await validate(step, sampler, 4096);
    return heldOut!.loss - (await validate(step, sampler, 4096, 'training'))!.loss;
  };
  const before = await gap();
  await trainForSteps(311);
  expect(await gap()).toBeGreaterThan(before + 0.05);
});
