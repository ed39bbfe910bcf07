/**
 * Compares the training step with PyTorch: the same network, weights, batch, losses, clipping and AdamW, on one thread each.
 * Needs PyTorch for Python, and a fast BLAS: `apt install python3-torch libopenblas0`. Arguments: seconds per measurement,
 * and the Python program.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { azulTask, emptyBatch, makeConfig, Network, networkShape, Random, TrainingStep } from '../src/index.js';

const [seconds = '5', python = 'python3'] = process.argv.slice(2);
/** Number of first steps whose losses are compared. Rounding differences grow with more steps. */
const COMPARED_STEPS = 8;
// No moving average of the weights, as the step in PyTorch has none.
const { training, ...config } = makeConfig('laptop', { training: { averageDecay: 0 } });
const learningRate = 1e-3;
const network = new Network(2, networkShape({ training, ...config }));
const script = fileURLToPath(new URL('../../examples/pytorchStep.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'azul-pytorch-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A random batch: each row has 30 legal actions and a target policy over them. */
function randomBatch(size: number) {
  const batch = emptyBatch(network, size);
  const random = new Random(size);
  for (let i = 0; i < batch.inputs.length; i++) batch.inputs[i] = random.float() < 0.15 ? 1 : 0;
  for (const values of [batch.outcome, batch.margin])
    for (let i = 0; i < values.length; i++) values[i] = random.int(3) - 1;
  for (let i = 0; i < batch.ownership.length; i++) batch.ownership[i] = 2 * random.int(2) - 1;
  batch.hasPolicy.fill(1);
  batch.mask.fill(-1e9);
  for (let row = 0; row < size; row++) {
    for (let i = 0; i < 30; i++) batch.mask[row * network.actions + random.int(network.actions)] = 0;
    const legal = Array.from({ length: network.actions }, (_, a) => row * network.actions + a).filter(
      (at) => batch.mask[at] === 0,
    );
    for (const at of legal) batch.policy[at] = 1 / legal.length;
  }
  return batch;
}

type Batch = ReturnType<typeof randomBatch>;

/** Runs the step of this project. Returns the losses of its first steps, and samples per second. */
async function here(weights: Float32Array, batch: Batch) {
  const step = await TrainingStep.create(azulTask(network, training), weights.slice(), training);
  const losses: number[] = [];
  for (let i = 0; i < COMPARED_STEPS; i++) losses.push((await step.run(batch, learningRate)).loss);
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < 1000 * Number(seconds); steps++) await step.run(batch, learningRate);
  const samplesPerSecond = (steps * batch.size) / ((performance.now() - start) / 1000);
  await step.close();
  return { losses, samplesPerSecond };
}

/** Runs the step in PyTorch. */
function inPytorch(
  weights: Float32Array,
  batch: Batch,
): { version: string; losses: number[]; samplesPerSecond: number } {
  const arrays: Record<string, [start: number, dims: readonly number[]]> = {};
  const data: Float32Array[] = [weights];
  for (const { name, start, dims } of network.parameters) arrays[name] = [start, dims];
  let start = weights.length;
  const { inputs, policy, mask, outcome, margin, ownership } = batch;
  for (const [name, values] of Object.entries({ inputs, policy, mask, outcome, margin, ownership })) {
    arrays[name] = [start, [batch.size, values.length / batch.size]];
    data.push(values);
    start += values.length;
  }
  const { blocks } = network.shape;
  const step = { ...training, arrays, blocks, learningRate, comparedSteps: COMPARED_STEPS, seconds: Number(seconds) };
  writeFileSync(join(folder, 'step.json'), JSON.stringify(step));
  writeFileSync(join(folder, 'data.bin'), Buffer.concat(data.map((values) => new Uint8Array(values.buffer))));
  const { status, stdout, stderr, error } = spawnSync(python, [script, folder], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status === 0) return JSON.parse(stdout);
  const why = error?.message ?? stderr.trimEnd().split('\n').at(-1);
  console.error(
    `menu: ${python} can't run the step in PyTorch (${why}); install python3-torch and libopenblas0, or name another Python`,
  );
  process.exit(1);
}

console.log(`A training step of ${network.size} parameters, here and in PyTorch, one thread each\n`);
console.log('batch   samples/s here   samples/s in PyTorch   ratio   max difference of the first losses');
for (const size of [64, 256, 1024]) {
  const weights = network.initialWeights(1);
  const batch = randomBatch(size);
  const theirs = inPytorch(weights, batch);
  const ours = await here(weights, batch);
  const difference = Math.max(...ours.losses.map((loss, i) => Math.abs(loss - theirs.losses[i]!)));
  const [a, b] = [ours.samplesPerSecond, theirs.samplesPerSecond];
  console.log(
    `${String(size).padStart(5)}   ${a.toFixed(0).padStart(14)}   ${b.toFixed(0).padStart(20)}   ` +
      `${(a / b).toFixed(2).padStart(5)}   ${difference.toExponential(1)} of ${ours.losses[0]!.toFixed(3)}`,
  );
  if (difference > 1e-4) throw new Error('the two steps are not the same');
}
