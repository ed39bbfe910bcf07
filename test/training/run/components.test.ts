import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { createTrainingComponents } from '../../../src/training/run/components.js';
import { override, PRESETS } from '../../../src/training/run/config.js';
import { averageSteps, type StepResult } from '../../../src/training/step/trainingStep.js';
import { playFake, temporaryFolder } from '../helpers.js';

const config = override(PRESETS.tiny!, {
  training: { batchSize: 16, minPositions: 100, warmUpSteps: 2, decaySteps: 4 },
});

async function components() {
  const replay = new ReplayBuffer(join(temporaryFolder(), 'replay.db'), 2);
  const made = await createTrainingComponents(config, replay);
  onTestFinished(async () => {
    await made.close();
    replay.close();
  });
  return { replay, ...made };
}

test('trainForSteps gives the mean of its steps, and null while there is too little to train on', async () => {
  const { replay, sampler, step, trainForSteps } = await components();
  expect(await trainForSteps(3)).toBeNull();
  expect(step.optimizer.step).toBe(0);
  replay.add(await playFake([0, 1, 2]));
  sampler.moveWindow(1, 1000);
  const results: StepResult[] = [];
  const counts: number[] = [];
  const means = await trainForSteps(5, undefined, (done, result) => {
    counts.push(done);
    results.push(result);
  });
  expect(counts).toEqual([1, 2, 3, 4, 5]);
  expect(means).toEqual(averageSteps(results));
  expect(step.optimizer.step).toBe(5);
});

test('trainForSteps ends early when told to', async () => {
  const { replay, sampler, step, trainForSteps } = await components();
  replay.add(await playFake([0, 1, 2]));
  sampler.moveWindow(1, 1000);
  const abortion = new AbortController();
  const means = await trainForSteps(100, abortion.signal, (done) => {
    if (done === 4) abortion.abort();
  });
  expect(means).toBeNull();
  expect(step.optimizer.step).toBe(4);
});
