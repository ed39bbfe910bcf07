import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ConfigChanges, override } from '../../../src/training/config/changes.js';
import { PRESETS } from '../../../src/training/config/presets.js';
import { type FinishedGame, ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { createTrainingComponents, type GamesToPlay, precisionNotice } from '../../../src/training/run/components.js';
import { selfPlaySearch } from '../../../src/training/run/selfPlaySearch.js';
import type { StepResult } from '../../../src/training/step/azulTask.js';
import { averageSteps } from '../../../src/training/step/trainingStep.js';
import { playFake, temporaryFolder } from '../helpers.js';

const config = override(PRESETS.tiny, {
  training: { batchSize: 16, minPositions: 100, warmUpSteps: 2, decaySteps: 4 },
});

async function components(changes: ConfigChanges = {}) {
  const replay = new ReplayBuffer(join(temporaryFolder(), 'replay.db'), 2);
  const made = await createTrainingComponents(override(config, changes), replay);
  onTestFinished(async () => {
    await made.close();
    replay.close();
  });
  return { replay, ...made };
}

const selfPlaySettings = {
  gamesPerIteration: 3,
  parallelGames: 2,
  simulations: 8,
  firstSimulations: 4,
  growthGames: 5,
  precision: 'fp32',
} as const;

test('fp16 falls back to fp32 with a notice where fp16 is missing', async () => {
  const training = { ...config.training, precision: 'fp16' } as const;
  const { step } = await components({ training: { precision: 'fp16' } });
  expect(step.lossScale).toBeUndefined();
  expect(precisionNotice(training)).toBe(
    'training.precision: the device cpu does not train in fp16; training continues in fp32',
  );
  expect(precisionNotice({ ...training, device: 'cuda', backend: 'tensorflow' })).toContain('the backend tensorflow');
  for (const device of ['cuda', 'tensorrt', 'webgpu'] as const) {
    expect(precisionNotice({ ...training, device })).toBeUndefined();
  }
  expect(precisionNotice(config.training)).toBeUndefined();
});

type Components = Awaited<ReturnType<typeof components>>;

/** The games that `playGames` of these components plays in the second iteration, by number. */
async function secondIteration({ playGames }: Components, changes: Partial<GamesToPlay> = {}) {
  const games: FinishedGame[] = [];
  await playGames({ iteration: 2, onGame: (game) => games.push(game), ...changes });
  return games.sort((a, b) => a.number - b.number);
}

test('playGames follows the configuration', async () => {
  const made = await components({ selfPlay: selfPlaySettings });
  const { config, network, executor, step } = made;
  const expected: FinishedGame[] = [];
  await executor.selfPlay({
    network,
    weights: step.playingWeights,
    device: 'cpu',
    precision: 'fp32',
    search: selfPlaySearch(config, 3),
    valueLambda: 0.93,
    parallel: 2,
    seed: 1,
    iteration: 2,
    games: [3, 4, 5],
    onGame: (game) => expected.push(game),
  });
  const played = await secondIteration(made);
  expect(played).toEqual(expected.sort((a, b) => a.number - b.number));
  expect(played.map(({ number, iteration }) => [number, iteration])).toEqual([
    [3, 2],
    [4, 2],
    [5, 2],
  ]);

  for (const change of [{ valueLambda: 0 }, { precision: 'int8' as const }]) {
    const other = await components({ selfPlay: { ...selfPlaySettings, ...change } });
    expect(await secondIteration(other), JSON.stringify(change)).not.toEqual(played);
  }
});

test('playGames plays the given games with the given weights until the signal aborts', async () => {
  const made = await components({ selfPlay: selfPlaySettings });
  const all = await secondIteration(made);
  expect(await secondIteration(made, { games: [4] })).toEqual([all[1]]);
  const { network, step } = made;
  const weights = network.initialWeights(9);
  const others = await secondIteration(made, { weights });
  expect(others).not.toEqual(all);
  // The default weights are the current ones of the step.
  step.weights.set(weights);
  step.average!.weights.set(weights);
  expect(await secondIteration(made)).toEqual(others);
  expect(await secondIteration(made, { signal: AbortSignal.abort() })).toEqual([]);
  await expect(secondIteration(made, { iteration: 0 })).rejects.toThrow('count iterations from 1');
});

test('trainForSteps names the call that is missing before it', async () => {
  const { replay, trainForSteps } = await components();
  replay.add(await playFake([0, 1, 2]));
  await expect(trainForSteps(3)).rejects.toThrow('call sampler.moveWindow(iteration, positions) first');
});

test('trainForSteps returns the mean of its steps, or null while there is too little to train on', async () => {
  const { replay, sampler, step, trainForSteps } = await components();
  sampler.moveWindow(1, 1000);
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
  const { seconds } = means!;
  expect(means).toEqual({ ...averageSteps(results), steps: 5, seconds });
  expect(1000 * seconds).toBeGreaterThan(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  expect(step.optimizer.step).toBe(5);
});

test('trainForSteps ends early on a signal', async () => {
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
