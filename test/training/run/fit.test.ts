import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ConfigChanges, override } from '../../../src/training/config/changes.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { type FinishedGame, ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { isHeldOut } from '../../../src/training/data/replayWindow.js';
import { CheckpointManager } from '../../../src/training/run/checkpoints.js';
import { createLearner } from '../../../src/training/run/components.js';
import { type FitOptions, fit, stepsPerEpoch } from '../../../src/training/run/fit.js';
import type { Epoch } from '../../../src/training/run/metrics.js';
import { validate } from '../../../src/training/step/validation.js';
import { playFake, temporaryFolder } from '../helpers.js';

let games: FinishedGame[];

beforeAll(async () => {
  games = await playFake(Array.from({ length: 30 }, (_, n) => n));
});

async function learner(changes: ConfigChanges = {}) {
  const config = override(PRESETS.tiny, {
    training: { batchSize: 64, minPositions: 1, warmUpSteps: 2, averageDecay: 0 },
    validation: { fraction: 0.3 },
  });
  const replay = new ReplayBuffer(':memory:', 2);
  replay.add(games);
  const made = await createLearner(override(config, changes), replay);
  onTestFinished(async () => {
    await made.close();
    replay.close();
  });
  made.sampler.moveWindow(1, 1_000_000);
  return made;
}

const OPTIONS: FitOptions = { epochs: 6, patience: 2, minDelta: 0 };

test('ends with the weights of the best epoch, after patience or all epochs', async () => {
  const made = await learner();
  const { step, sampler } = made;
  const epochs: Epoch[] = [];
  const weights: Float32Array[] = [];
  const best = await fit(made, {
    ...OPTIONS,
    onEpoch: (epoch) => {
      epochs.push(epoch);
      weights.push(step.weights.slice());
    },
  });
  const lowest = Math.min(...epochs.map(({ validation }) => validation.loss));
  expect(best).toEqual(epochs.findLast(({ isBest }) => isBest));
  expect(best!.validation.loss).toBe(lowest);
  expect(epochs.length).toBe(Math.min(6, best!.epoch + 2));
  expect(step.weights).toEqual(weights[best!.epoch - 1]);
  expect((await validate(step, sampler, 1_000_000))!.loss).toBe(lowest);
});

test('an epoch draws every training position once on average, and no held-out position', async () => {
  const made = await learner();
  const training = games.filter(({ number }) => !isHeldOut(number, 0.3));
  const positions = training.reduce((sum, { records }) => sum + records.length, 0);
  expect(stepsPerEpoch(made.sampler.positions, 64)).toBe(Math.ceil(positions / 64));
  await fit(made, { ...OPTIONS, epochs: 2, patience: 9 });
  expect(made.sampler.reuse.drawn).toBe(2 * 64 * Math.ceil(positions / 64));
});

test('keeps the average of the weights if there is one', async () => {
  const made = await learner({ training: { averageDecay: 0.9 } });
  let averaged: Float32Array | undefined;
  const best = await fit(made, {
    ...OPTIONS,
    onEpoch: ({ isBest }) => {
      if (isBest) averaged = made.step.playingWeights.slice();
    },
  });
  expect(best).toBeDefined();
  expect(made.step.playingWeights).toEqual(averaged);
});

test('an interruption keeps the best epoch so far; before the first epoch there is none', async () => {
  const made = await learner();
  const initial = made.step.weights.slice();
  expect(await fit(made, { ...OPTIONS, signal: AbortSignal.abort() })).toBeUndefined();
  expect(made.step.weights).toEqual(initial);

  const interruption = new AbortController();
  let first: Float32Array | undefined;
  const best = await fit(made, {
    ...OPTIONS,
    signal: interruption.signal,
    onStep: (done) => first && done === 3 && interruption.abort(),
    onEpoch: () => {
      first = made.step.weights.slice();
    },
  });
  expect(best!.epoch).toBe(1);
  expect(made.step.weights).toEqual(first);
});

test('saves each epoch, and resumes with the same bits', async () => {
  const options = { ...OPTIONS, epochs: 3, patience: 9 };
  const changes = { training: { averageDecay: 0.9, schedule: 'plateau' as const, patience: 0 } };
  const whole = await learner(changes);
  await fit(whole, options);
  const checkpoints = new CheckpointManager(temporaryFolder(), 1);
  const first = await learner(changes);
  await fit(first, { ...options, checkpoints, epochs: 1 });
  const second = await learner(changes);
  const before: number[] = [];
  const best = await fit(second, {
    ...options,
    checkpoints,
    onStart: (epochs) => before.push(...epochs.map(({ epoch }) => epoch)),
  });
  expect(before).toEqual([1]);
  expect(second.step.weights).toEqual(whole.step.weights);
  expect(second.schedule.save()).toEqual(whole.schedule.save());
  const saved = checkpoints.latest(() => {})!;
  expect(saved.epochs!.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(checkpoints.iterations()).toEqual([...new Set([best!.epoch, 3])]);

  // A finished fit ends at once, with its best weights.
  const third = await learner(changes);
  expect(await fit(third, { ...options, checkpoints })).toEqual(best);
  expect(third.step.weights).toEqual(whole.step.weights);
});

test('an epoch measures training and held-out games with the same weights and the same number of positions', async () => {
  const made = await learner();
  const best = await fit(made, { ...OPTIONS, epochs: 1 });
  const { step, sampler } = made;
  expect(await validate(step, sampler, sampler.heldOutPositions, 'training')).toEqual(best!.seen);
  expect(best).toMatchObject({ epoch: 1, step: stepsPerEpoch(sampler.positions, 64), isBest: true });
  expect(best!.learningRate).toBe(made.schedule.rate(best!.step - 1));
});

test('the best epoch is chosen by monitor.metric, here the maximum accuracy', async () => {
  const made = await learner({ monitor: { metric: 'validation.policyAccuracy', mode: 'max' } });
  const epochs: Epoch[] = [];
  const best = await fit(made, { ...OPTIONS, onEpoch: (epoch) => epochs.push(epoch) });
  expect(best!.validation.policyAccuracy).toBe(Math.max(...epochs.map(({ validation }) => validation.policyAccuracy)));
  const unknown = await learner({ monitor: { metric: 'custom.score' } });
  await expect(fit(unknown, OPTIONS)).rejects.toThrow(/monitor\.metric: an epoch has no number custom\.score/);
});
