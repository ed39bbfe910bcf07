/** `azul bench`: the speed of each component alone, and of self-play as a whole. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SearchThinker } from '../arena/searchThinker.js';
import { startPosition } from '../game/notation.js';
import { perft } from '../game/perft.js';
import { Random } from '../game/random.js';
import { PHASE, PLAYING } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { Leaves } from '../mcts/evaluator.js';
import { CHANCE, TERMINAL } from '../mcts/game.js';
import type { Precision } from '../network/inference.js';
import { Network } from '../network/network.js';
import { openEvaluator } from '../network/onnxInference.js';
import { createWorkers } from '../players/workers.js';
import { override } from '../training/config/changes.js';
import { networkShape } from '../training/config/networkShape.js';
import { PRESETS } from '../training/config/presets.js';
import { emptyBatch } from '../training/data/batch.js';
import { ReplayBuffer } from '../training/data/replayBuffer.js';
import { selfPlaySettings } from '../training/run/selfPlaySearch.js';
import type { ActorTimes } from '../training/selfplay/actor.js';
import { selfPlay } from '../training/selfplay/actors.js';
import { azulTask } from '../training/step/azulTask.js';
import { TrainingStep } from '../training/step/trainingStep.js';
import { beforeSignal } from './interruption.js';
import { percent, rate } from './terminal/format.js';
import { progressBar } from './terminal/progress.js';
import { formatTable } from './terminal/table.js';

export interface BenchOptions {
  json: boolean;
  /** Shorter measurements, less than 40 seconds in all. */
  quick: boolean;
  /** Minutes of self-play with all workers, to see whether memory use grows. */
  minutes?: number;
}

const SEED = 1;
/** Simulations per move in self-play. */
const SIMULATIONS = 64;
/** Simulations in the search of one position. */
const ONE_SEARCH = 10_000;
/** Number of measurements, for the progress bar. */
const MEASUREMENTS = 10;
/** Milliseconds between two chances for signals to arrive. */
const PAUSE_MS = 50;

/** Measures, then prints a table or one JSON object. */
export async function bench({ json, quick, minutes }: BenchOptions): Promise<void> {
  const seconds = quick ? 1.5 : 6;
  const config = PRESETS.laptop;
  const { workers, parallelGames } = config.selfPlay;
  const network = new Network(2, networkShape(config));
  const figures: Record<string, number> = { parameters: network.size };
  const bar = json ? undefined : progressBar('measuring', MEASUREMENTS);
  figures.perftNodesPerSecond = await perftRate(seconds);
  bar?.increment();
  figures.randomGamesPerSecond = await randomGameRate(seconds);
  bar?.increment();
  figures.networkEvaluationsPerSecond = await evaluationRate(network, 'fp32', parallelGames, seconds);
  bar?.increment();
  figures.networkEvaluationsPerSecondInt8 = await evaluationRate(network, 'int8', parallelGames, seconds);
  bar?.increment();
  figures.oneSearchSimulationsPerSecond = await oneSearchRate(network, seconds);
  bar?.increment();
  for (const size of [64, 1024]) {
    figures[`trainingSamplesPerSecond${size}`] = await trainingRate(network, size, seconds);
    bar?.increment();
  }
  const floats = await selfPlayRate(network, 'fp32', workers, 2 * seconds);
  bar?.increment();
  const one = await selfPlayRate(network, 'int8', 1, 2 * seconds);
  bar?.increment();
  const allSeconds = minutes === undefined ? 2 * seconds : 60 * minutes;
  const all = await selfPlayRate(network, 'int8', workers, allSeconds);
  bar?.stop();
  figures.selfPlayWorkers = workers;
  figures.selfPlaySimulationsPerSecond = all.simulations;
  // Games that start together end together. On a slow machine none may end in a short time.
  if (all.games > 0) figures.selfPlayGamesPerSecond = all.games;
  figures.selfPlaySimulationsPerSecondOneWorker = one.simulations;
  figures.selfPlayScaling = all.simulations / one.simulations;
  figures.selfPlaySimulationsPerSecondFp32 = floats.simulations;
  figures.searchEfficiency = floats.simulations / workers / figures.networkEvaluationsPerSecond;
  figures.selfPlayMegabytesFirstHalf = all.megabytes[0]!;
  figures.selfPlayMegabytesSecondHalf = all.megabytes[1]!;
  for (const [task, share] of Object.entries(all.shares)) figures[`selfPlayShare${capital(task)}`] = share;
  if (json) {
    console.log(JSON.stringify(figures));
    return;
  }
  const rows = Object.entries(figures).map(([name, value]) => [
    name,
    name.includes('Share') ? percent(value) : Number.isInteger(value) ? String(value) : rate(value),
  ]);
  console.log(formatTable(['figure', 'value'], rows, ['left', 'right']));
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/**
 * Calls `work`, which returns how much it did, for some seconds. Returns the rate per second; the first call is not measured.
 * Signals can arrive between calls.
 */
async function measure(seconds: number, work: () => number | Promise<number>): Promise<number> {
  await work();
  const start = performance.now();
  let heard = start;
  let done = 0;
  do {
    done += await work();
    if (performance.now() - heard < PAUSE_MS) continue;
    await setImmediate();
    heard = performance.now();
  } while (performance.now() - start < 1000 * seconds);
  return done / ((performance.now() - start) / 1000);
}

/** Perft nodes per second at depth 4 from the first deal. The last ply is counted, not played (perft.ts). */
function perftRate(seconds: number): Promise<number> {
  const { rules, state } = startPosition(2);
  rules.deal(state, 0, new Random(SEED));
  return measure(seconds, () => perft(rules, state, 4));
}

/** Complete 2-player games of random moves per second, on one thread. */
function randomGameRate(seconds: number): Promise<number> {
  const { rules } = startPosition(2);
  const random = new Random(SEED);
  const legal = new Uint16Array(rules.actions);
  const game = new AzulGame(2);
  return measure(seconds, () => {
    const state = rules.start();
    while (game.kind(state, 0) !== TERMINAL) {
      if (state[PHASE] === PLAYING) rules.apply(state, 0, legal[random.int(rules.legal(state, 0, legal))]!);
      else rules.deal(state, 0, random);
    }
    return 1;
  });
}

/** Network evaluations per second in full batches, with ONNX Runtime alone on one thread. */
async function evaluationRate(network: Network, precision: Precision, batch: number, seconds: number): Promise<number> {
  const evaluator = await openEvaluator({ network, weights: network.initialWeights(SEED) }, { precision });
  const game = new AzulGame(2);
  const leaves = new Leaves(game, batch);
  const random = new Random(SEED);
  const state = game.rules.start();
  const legal = new Uint16Array(game.actions);
  for (leaves.count = 0; leaves.count < batch; leaves.count++) {
    if (game.kind(state, 0) === CHANCE) game.applyChance(state, 0, random);
    else game.apply(state, 0, legal[random.int(game.legal(state, 0, legal))]!);
    leaves.states.set(state, leaves.count * game.stateSize);
  }
  await evaluator.evaluate(leaves);
  const result = await measure(seconds, async () => {
    await evaluator.infer(leaves);
    return batch;
  });
  await evaluator.close();
  return result;
}

/** Simulations per second of the engine's search of one position, on one thread. */
async function oneSearchRate(network: Network, seconds: number): Promise<number> {
  const thinker = new SearchThinker(() => openEvaluator({ network, weights: network.initialWeights(SEED) }));
  const position = startPosition(2);
  position.rules.deal(position.state, 0, new Random(SEED));
  return measure(seconds, async () => {
    const { sims } = await thinker.search(position, { sims: ONE_SEARCH }, { multipv: 1, seed: SEED });
    return sims;
  });
}

/** Samples per second of the whole training step, on one thread. */
async function trainingRate(network: Network, size: number, seconds: number): Promise<number> {
  const { training } = PRESETS.laptop;
  const step = await TrainingStep.create(azulTask(network, training), network.initialWeights(SEED), training);
  const batch = emptyBatch(network, size);
  const random = new Random(SEED);
  for (let i = 0; i < batch.inputs.length; i++) batch.inputs[i] = random.float() < 0.15 ? 1 : 0;
  for (let row = 0; row < size; row++) {
    batch.hasPolicy[row] = 1;
    batch.policy[row * network.actions + random.int(network.actions)] = 1;
    batch.outcome[row * network.players] = random.int(3) - 1;
  }
  const result = await measure(seconds, async () => {
    // A learning rate of 0 keeps the weights. Gradients of a memorised batch would be denormal numbers, which are slow.
    await step.run(batch, 0);
    return size;
  });
  await step.close();
  return result;
}

/** Resident memory of the process in megabytes, with the heaps of all threads. */
function memory(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

/** Self-play as in a run, storage included: its speed, its memory and how the actors spend their time. */
async function selfPlayRate(network: Network, precision: Precision, threads: number, seconds: number) {
  const config = override(PRESETS.laptop, {
    seed: SEED,
    selfPlay: { precision, simulations: SIMULATIONS, firstSimulations: SIMULATIONS },
  });
  const folder = mkdtempSync(join(tmpdir(), 'azul-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const finish = beforeSignal(remove);
  const buffer = new ReplayBuffer(join(folder, 'replay.db'), 2);
  const workers = createWorkers(threads);
  try {
    const play = async (runSeconds: number, firstGame: number) => {
      let storing = 0;
      let simulations = 0;
      let games = 0;
      // Memory rises and falls with garbage collection, so the maximum of each half of the time counts.
      const megabytes = [memory(), memory()];
      const started = performance.now();
      const times = await selfPlay(workers, {
        ...selfPlaySettings(config, 1),
        network,
        weights: network.initialWeights(SEED),
        games: Array.from({ length: 100_000 }, (_, i) => firstGame + i),
        signal: AbortSignal.timeout(1000 * runSeconds),
        onGame: (game) => {
          const before = performance.now();
          buffer.add([game]);
          storing += performance.now() - before;
          const half = before - started < 500 * runSeconds ? 0 : 1;
          megabytes[half] = Math.max(megabytes[half]!, memory());
          simulations += game.simulations;
          games++;
        },
      });
      const elapsed = (performance.now() - started) / 1000;
      return {
        times,
        storing,
        elapsed,
        gamesPerSimulation: simulations > 0 ? games / simulations : 0,
        megabytes,
      };
    };
    await play(Math.min(4, seconds), 0);
    const { times, storing, elapsed, gamesPerSimulation, megabytes } = await play(seconds, 100_000);
    const sum = (of: (t: ActorTimes) => number) => times.reduce((total, t) => total + of(t), 0);
    const simulations = sum((t) => t.simulations) / elapsed;
    const working = 1000 * elapsed * threads;
    return {
      simulations,
      games: simulations * gamesPerSimulation,
      megabytes,
      shares: {
        select: sum((t) => t.select) / working,
        encode: sum((t) => t.evaluate - t.network) / working,
        network: sum((t) => t.network) / working,
        expandAndBackUp: sum((t) => t.backUp) / working,
        playAndPack: sum((t) => t.record) / working,
        store: storing / working,
      },
    };
  } finally {
    await workers.destroy();
    buffer.close();
    finish();
    remove();
  }
}
