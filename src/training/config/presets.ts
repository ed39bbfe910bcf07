import { availableParallelism } from 'node:os';
import { VALUE_HEAD_NAMES, VALUE_HEADS } from '../step/heads.js';
import { override } from './changes.js';
import { ConfigError } from './configError.js';
import { nearest } from './nearest.js';
import { PRESET_NAMES, type PresetName } from './presetNames.js';
import { type Config, MAX_WORKERS, recordOf } from './schema.js';

const laptop: Config = {
  players: 2,
  seed: 1,
  network: 'medium',
  iterations: 0,
  selfPlay: {
    workers: Math.min(MAX_WORKERS, availableParallelism()),
    gamesPerIteration: 128,
    parallelGames: 64,
    simulations: 64,
    firstSimulations: 16,
    growthGames: 150_000,
    precision: 'int8',
    selection: 'gumbel',
    considered: 16,
    temperature: 0.75,
    temperatureHalfLife: 19,
    device: 'cpu',
    deals: 0,
    valueLambda: 0.93,
  },
  replay: { minWindow: 30_000, maxWindow: 1_000_000, growth: 0.5, recency: 4 },
  training: {
    backend: 'onnx',
    device: 'cpu',
    precision: 'fp32',
    batchSize: 512,
    reuse: 2,
    minPositions: 4_000,
    microBatches: 1,
    optimizer: 'adamw',
    momentum: 0.9,
    beta2: 0.999,
    weightDecay: 1e-4,
    clipNorm: 1,
    learningRate: 1e-3,
    finalLearningRate: 1e-4,
    warmUpSteps: 100,
    schedule: 'cosine',
    decaySteps: 50_000,
    decayFactor: 0.5,
    cycleFactor: 2,
    patience: 20,
    cooldown: 0,
    minDelta: 1e-4,
    averageDecay: 0.998,
    searchValueWeight: 0.7,
    policyLoss: 'crossEntropy',
    ...recordOf(VALUE_HEAD_NAMES, (head) => [`${head}Loss` as const, 'mse']),
    policyWeight: 1,
    ...recordOf(VALUE_HEAD_NAMES, (head) => [`${head}Weight` as const, VALUE_HEADS[head].weight]),
    policyTemperature: 1,
    labelSmoothing: 0,
  },
  validation: { fraction: 0.02, positions: 1024 },
  evaluation: {
    every: 50,
    pairs: 40,
    simulations: 64,
    opponents: ['greedy', 'alphabeta:nodes=1000'],
    spacing: 4,
    gate: 'none',
    gateElo: 35,
    gatePairs: 400,
  },
  monitor: {
    metric: 'validation.loss',
    mode: 'min',
    minDelta: 0,
    patience: 0,
    restoreBest: true,
    keepBest: false,
  },
  fleet: { audit: 0.01, lag: 0 },
  checkpoints: { every: 10, keep: 4 },
};

/** Named configurations. Each lists only its differences from `laptop`, the default. */
export const PRESETS: Readonly<Record<PresetName, Config>> = {
  laptop,
  quick: override(laptop, {
    iterations: 100,
    training: { decaySteps: 2750 },
    evaluation: { every: 20, spacing: 2 },
  }),
  tiny: override(laptop, {
    network: 'small',
    iterations: 3,
    selfPlay: { workers: 1, gamesPerIteration: 16, parallelGames: 16, simulations: 8 },
    replay: { minWindow: 2000 },
    training: { batchSize: 64, minPositions: 500, reuse: 4 },
    evaluation: { every: 3, pairs: 10, simulations: 8 },
  }),
};

/** Returns the preset with this name. Throws a ConfigError if there is none. */
export function presetNamed(name: string): Config {
  const known = PRESET_NAMES.find((preset) => preset === name);
  if (known) return PRESETS[known];
  const guess = nearest(name, PRESET_NAMES);
  throw new ConfigError(
    `unknown preset '${name}'${guess ? ` (did you mean ${guess}?)` : ''}; choose one of ${PRESET_NAMES.join(', ')}`,
  );
}
