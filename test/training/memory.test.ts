import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { NETWORK_SIZES, Network } from '../../src/network/network.js';
import { azulTask } from '../../src/training/step/azulTask.js';
import { TrainingStep } from '../../src/training/step/trainingStep.js';
import { randomBatch, STEP } from './helpers.js';

/** `STEPS=10000 npx vitest run test/training/memory.test.ts` takes longer and sees smaller leaks. */
const STEPS = Number(process.env.STEPS ?? 300);
const BATCH = 64;
const MEGABYTE = 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use after a garbage collection: of the process, and of JavaScript with its typed arrays. */
async function memory() {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await sleep(10);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { process: rss, script: heapUsed + external };
}

function shown(bytes: Awaited<ReturnType<typeof memory>>): string {
  const megabytes = (n: number) => (n / MEGABYTE).toFixed(1);
  return `${megabytes(bytes.process)} MB (${megabytes(bytes.script)} MB in use by scripts)`;
}

test(`memory stays flat over ${STEPS} training steps`, { timeout: 60_000 + 50 * STEPS }, async () => {
  const network = new Network(2, NETWORK_SIZES.small);
  const settings = { ...STEP, averageDecay: 0.999 };
  const step = await TrainingStep.create(azulTask(network, settings), network.initialWeights(1), settings);
  const batches = [1, 2, 3].map((seed) => randomBatch(network, BATCH, new Random(seed)));
  const train = async (steps: number) => {
    for (let i = 0; i < steps; i++) await step.run(batches[i % batches.length]!, 1e-3);
  };
  await train(100);
  const before = await memory();
  await train(STEPS);
  const after = await memory();
  await step.close();
  console.log(`after 100 steps ${shown(before)}, after ${STEPS} more ${shown(after)}`);
  // A step that kept its batch would leak 100 kB each time. One that kept its gradients would leak 300 kB.
  expect(after.script - before.script).toBeLessThan(MEGABYTE);
  expect(after.process - before.process).toBeLessThan(25 * MEGABYTE);
});
