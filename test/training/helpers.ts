/** Shared by the tests of the learner: small networks, random batches and positions, cheap evaluators, folders. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Random } from '../../src/game/random.js';
import { AzulGame, utility } from '../../src/mcts/azul.js';
import { type Evaluator, Leaves } from '../../src/mcts/evaluator.js';
import { CHANCE, DECISION, TERMINAL } from '../../src/mcts/game.js';
import { type SearchSettings, searchSettings } from '../../src/mcts/settings.js';
import type { Network } from '../../src/network/network.js';
import { type Batch, emptyBatch, ILLEGAL } from '../../src/training/data/batch.js';
import { GameRecords } from '../../src/training/data/gameRecords.js';
import type { GameOutcome } from '../../src/training/data/positionRecord.js';
import type { FinishedGame } from '../../src/training/data/replayBuffer.js';
import type { IterationMetrics } from '../../src/training/run/metrics.js';
import { playGames } from '../../src/training/selfplay/selfPlay.js';
import type { LossSettings } from '../../src/training/step/heads.js';
import type { StepSettings } from '../../src/training/step/trainingStep.js';

export const STEP: LossSettings & StepSettings = {
  policyLoss: 'crossEntropy',
  valueLoss: 'mse',
  marginLoss: 'mse',
  ownershipLoss: 'mse',
  policyWeight: 1,
  valueWeight: 1,
  marginWeight: 0.5,
  ownershipWeight: 0.15,
  policyTemperature: 1,
  labelSmoothing: 0,
  optimizer: 'adamw',
  momentum: 0.9,
  beta2: 0.999,
  weightDecay: 1e-4,
  clipNorm: 1,
  microBatches: 1,
  averageDecay: 0,
};

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'azul-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The vector that a search backs up: each seat's utility, then each seat's margin value. */
export function valueVector({ rank, margin }: { rank: number[]; margin: number[] }): Float64Array {
  return Float64Array.from([...rank.map((value, p) => utility(value, margin[p]!)), ...margin]);
}

/** A single position, packed as self-play packs it, with the first `count` entries of the policy. */
export function packRecord(
  game: AzulGame,
  position: {
    state: Int32Array;
    search: { rank: number[]; margin: number[] };
    actions: ArrayLike<number>;
    policy: Float64Array;
    count: number;
  },
  outcome: GameOutcome,
): Uint8Array {
  const records = new GameRecords(game);
  records.add(position.state, valueVector(position.search), position.actions, position.policy, position.count);
  return records.finish(outcome, 0)[0]!;
}

/** Random weights and biases, so that no unit lies exactly at the kink of its ReLU. */
export function randomWeights(network: Network, random: Random): Float32Array {
  const weights = new Float32Array(network.size);
  for (const { dims, start, size } of network.parameters) {
    const deviation = dims.length > 1 ? 1 / Math.sqrt(dims[0]!) : 0.3;
    for (let i = start; i < start + size; i++) weights[i] = deviation * random.normal();
  }
  return weights;
}

/** A batch of random numbers in the format of a real batch. The named rows have no target policy. */
export function randomBatch(network: Network, size: number, random: Random, withoutPolicy: number[] = []): Batch {
  const batch = emptyBatch(network, size);
  const { actions } = network;
  for (let i = 0; i < batch.inputs.length; i++) if (random.float() < 0.3) batch.inputs[i] = random.float() * 2 - 0.5;
  for (const values of [batch.outcome, batch.margin]) {
    for (let i = 0; i < values.length; i++) values[i] = random.float() * 2 - 1;
  }
  for (let i = 0; i < batch.ownership.length; i++) batch.ownership[i] = 2 * random.int(2) - 1;
  for (let row = 0; row < size; row++) {
    if (withoutPolicy.includes(row)) continue;
    const certain = random.int(actions);
    const targets = Array.from({ length: actions }, (_, a) =>
      a === certain || random.float() < 0.2 ? -Math.log(1 - random.float()) : 0,
    );
    const sum = targets.reduce((a, b) => a + b, 0);
    for (let a = 0; a < actions; a++) {
      batch.policy[row * actions + a] = targets[a]! / sum;
      batch.mask[row * actions + a] = targets[a]! > 0 || random.float() < 0.05 ? 0 : ILLEGAL;
    }
    batch.hasPolicy[row] = 1;
  }
  return batch;
}

/** The positions of a random game, decisions and waits for a deal, in the order of play. */
export function randomGame(game: AzulGame, random: Random): Int32Array[] {
  const state = game.rules.start();
  const legal = new Uint16Array(game.actions);
  const positions: Int32Array[] = [];
  for (;;) {
    const kind = game.kind(state, 0);
    if (kind === TERMINAL) return positions;
    positions.push(state.slice());
    if (kind === CHANCE) game.applyChance(state, 0, random);
    else if (kind === DECISION) game.apply(state, 0, legal[random.int(game.legal(state, 0, legal))]!);
  }
}

/** Logits and values that look arbitrary but depend on the position alone. */
export class HashEvaluator implements Evaluator {
  /** Leaves evaluated, and the maximum number at once. */
  evaluations = 0;
  widest = 0;
  private readonly random = new Random(0);

  evaluate({ count, states, logits, values, game }: Leaves): void {
    this.evaluations += count;
    this.widest = Math.max(this.widest, count);
    for (let row = 0; row < count; row++) {
      this.random.reseed(...states.subarray(row * game.stateSize, (row + 1) * game.stateSize));
      for (let a = 0; a < game.actions; a++) logits[row * game.actions + a] = 2 * this.random.float();
      for (let i = 0; i < game.valueSize; i++) values[row * game.valueSize + i] = 1.6 * this.random.float() - 0.8;
    }
  }
}

/** Self-play with a HashEvaluator. */
export async function playFake(
  numbers: number[],
  options: {
    players?: number;
    seed?: number;
    parallel?: number;
    search?: Partial<SearchSettings>;
    valueLambda?: number;
  } = {},
) {
  const { players = 2, seed = 1, parallel = 4, search, valueLambda = 0 } = options;
  const games: FinishedGame[] = [];
  const queue = [...numbers];
  await playGames({
    game: new AzulGame(players),
    evaluator: new HashEvaluator(),
    search: searchSettings(4, { noise: true, ...search }),
    valueLambda,
    parallel,
    seed,
    iteration: 1,
    nextGame: () => queue.shift() ?? -1,
    stop: () => false,
    onGame: (game) => games.push(game),
  });
  return games.sort((a, b) => a.number - b.number);
}

/** The metrics of an iteration with small numbers. */
export function metrics(iteration: number): IterationMetrics {
  const games = {
    games: 1,
    positions: 2,
    simulations: 3,
    meanPlies: 7,
    meanRounds: 5,
    meanScore: 8,
    firstPlayerScore: 0.5,
    policyEntropy: 1.5,
  };
  return {
    iteration,
    elapsed: 1.5 * iteration,
    selfPlay: { ...games, seconds: 4, gamesPerSecond: 5, simulationsPerSecond: 6 },
    totalGames: 1,
    totalPositions: 2,
    window: 2,
    reuse: { drawn: 4, window: { mean: 2, most: 3 }, left: { positions: 0, mean: 0, most: 0 } },
    step: 10,
    learningRate: 1e-3,
    training: null,
    validation: null,
    evaluation: null,
    custom: {},
  };
}

/** A batch of positions of random games. */
export function leavesOf(game: AzulGame, count: number, seed: number): Leaves {
  const random = new Random(seed);
  const leaves = new Leaves(game, count);
  while (leaves.count < count) {
    for (const state of randomGame(game, random)) {
      if (leaves.count < count && random.float() < 0.2) leaves.states.set(state, leaves.count++ * game.stateSize);
    }
  }
  return leaves;
}
