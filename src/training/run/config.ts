import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { DEVICES } from '../../network/devices.js';
import { PRECISIONS } from '../../network/inference.js';
import { NETWORK_SIZES, Network, type NetworkShape } from '../../network/network.js';
import { UsageError } from '../../usageError.js';
import { type LossRegistry, policyLosses, valueLosses } from '../step/losses.js';
import { OPTIMIZERS } from '../step/optimizer.js';
import { SCHEDULES } from '../step/schedule.js';
import type { PresetName } from './presetNames.js';

const MOST_WORKERS = 256;
/** What the optimizer keeps for each of them has to fit 4 GiB (adamKernel.ts). */
const MOST_PARAMETERS = 170_000_000;

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const fraction = z.number().min(0).max(1);

const lossOf = (losses: LossRegistry<unknown>) =>
  z.string().refine((name) => losses.has(name), {
    error: () => `there is none of that name; there are ${losses.names.join(', ')}`,
  });

/** Everything that decides how a run goes. A run keeps its own copy; presets, files and flags only make the first one. */
export const configSchema = z.strictObject({
  players: whole(2, 4).describe('seats at the table'),
  seed: whole(0, 2 ** 31 - 1).describe('all chance of the run comes from it'),
  network: z
    .union([z.enum(['small', 'medium', 'large']), z.strictObject({ width: whole(2, 8192), blocks: whole(0, 64) })], {
      error: 'it must be small, medium, large or of the form { "width": 512, "blocks": 3 }',
    })
    .describe('preset of width and depth (network.ts), or both of them: { "width": 512, "blocks": 3 }'),
  iterations: whole(0, 1_000_000).describe('iterations until the run is done; 0: until it is stopped'),
  selfPlay: z.strictObject({
    workers: whole(1, MOST_WORKERS).describe('worker threads'),
    gamesPerIteration: whole(1, 1_000_000).describe('games between two rounds of training'),
    parallelGames: whole(1, 4096).describe('games side by side in a worker; their leaves fill a batch'),
    simulations: whole(1, 100_000).describe('simulations a move in the end'),
    firstSimulations: whole(1, 100_000).describe('at first, where that is fewer'),
    growthGames: whole(1, 1_000_000_000).describe('games over which they grow from these to those, by equal factors'),
    precision: z.enum(PRECISIONS).describe('of the network on the cpu: most of it in 8-bit integers, or all in floats'),
    selection: z.enum(['gumbel', 'puct']).describe('search of Danihelka et al. 2022, or of Silver et al. 2018'),
    considered: whole(2, 300).describe(
      'actions that sequential halving starts from (gumbel); half the simulations at most',
    ),
    temperature: z
      .number()
      .min(0)
      .max(10)
      .describe('of the moves that puct plays at first; gumbel explores by its noise'),
    temperatureHalfLife: z.number().positive().describe('plies over which that temperature halves'),
    device: z.enum(DEVICES).describe('where ONNX Runtime computes the network in self-play and evaluation'),
    deals: whole(0, 64).describe("deals sampled at a round's end, beside the network's value of the wait for it"),
    fullFraction: fraction.describe('part of the moves that get a full search; the others have no policy target'),
    cheapSimulations: whole(1, 100_000).describe('simulations of a move that gets none'),
    valueLambda: fraction.describe(
      "the search's part of a value target: 0 takes its own search's values, more also those of the plies after it",
    ),
  }),
  replay: z.strictObject({
    minWindow: whole(1, 100_000_000).describe('positions in the window at first'),
    maxWindow: whole(1, 100_000_000).describe('positions in the window at most'),
    growth: fraction.describe('part of the positions beyond minWindow by which the window grows, at first'),
    growthExponent: z
      .number()
      .positive()
      .max(1)
      .describe('with 1 it goes on growing so, with less ever slower (KataGo: 0.75)'),
    surpriseWeight: fraction.describe(
      "part of a game's draws that goes to positions whose search surprised the network",
    ),
    recency: z
      .number()
      .min(1)
      .max(1000)
      .describe('how many times as likely the newest position of the window is drawn as the oldest'),
  }),
  training: z.strictObject({
    backend: z.enum(['onnx', 'tensorflow']).describe('library that computes losses and gradients'),
    device: z.enum(DEVICES).describe('where ONNX Runtime trains; TensorFlow chooses by itself'),
    batchSize: whole(1, 65_536).describe('positions in a step'),
    reuse: z.number().positive().max(100).describe('times that a position is trained on, on average'),
    minPositions: whole(1, 100_000_000).describe('no training before the window holds so many'),
    microBatches: whole(1, 65_536).describe('parts that a step computes its batch in, at less memory'),
    optimizer: z.enum(OPTIMIZERS).describe('adamw; adam; sgd with momentum, which wants a greater learning rate'),
    momentum: z.number().min(0).max(0.9999).describe("of the gradients' mean: momentum of sgd, β1 of adam and adamw"),
    beta2: z.number().min(0).max(0.999999).describe("of the mean of the gradients' squares (adam, adamw)"),
    weightDecay: fraction.describe('on weight matrices; decoupled in adamw'),
    clipNorm: z.number().positive().describe('greatest norm of the gradient'),
    learningRate: z.number().positive().max(10).describe('after warm-up'),
    finalLearningRate: z.number().positive().max(10).describe('the least, at the end of the decay'),
    warmUpSteps: whole(0, 1_000_000).describe('steps over which the learning rate grows from 0'),
    schedule: z.enum(SCHEDULES).describe('how the learning rate falls after that (schedule.ts)'),
    decaySteps: whole(1, 1_000_000_000).describe(
      'steps to the least rate (cosine, exponential), between two falls (step), of the first cycle (cosineRestarts)',
    ),
    decayFactor: fraction.describe('of each fall (step, plateau)'),
    cycleFactor: z.number().min(1).max(100).describe('how much longer each cycle is than the last (cosineRestarts)'),
    patience: whole(0, 1_000_000).describe('iterations in a row that may fail to lower the held-out loss (plateau)'),
    averageDecay: z.number().min(0).max(0.999999).describe("of the weights' moving average, which plays; 0: none"),
    searchValueWeight: fraction.describe(
      "part of the value targets from the search's values, the rest from the outcome",
    ),
    policyLoss: lossOf(policyLosses).describe('crossEntropy, or one that you registered (losses.ts)'),
    valueLoss: lossOf(valueLosses).describe('mse, huber, mae, or one that you registered'),
    marginLoss: lossOf(valueLosses).describe('likewise'),
    ownershipLoss: lossOf(valueLosses).describe('likewise, of the walls at the end of the game'),
    policyWeight: z.number().min(0).describe('of the policy loss'),
    valueWeight: z.number().min(0).describe('of the value loss'),
    marginWeight: z.number().min(0).describe('of the margin loss'),
    ownershipWeight: z.number().min(0).describe('of the ownership loss'),
    policyTemperature: z.number().positive().describe('divides the logits in the policy loss'),
    labelSmoothing: fraction.describe('part of each target policy that is spread evenly over the legal moves'),
  }),
  validation: z.strictObject({
    fraction: z.number().min(0).max(0.5).describe('part of the games that is never trained on'),
    positions: whole(1, 1_000_000).describe('positions of them that are looked at in each iteration'),
  }),
  evaluation: z.strictObject({
    every: whole(0, 1_000_000).describe('iterations between evaluations; 0: none. The last iteration is evaluated too'),
    pairs: whole(1, 100_000).describe('deals against each opponent; each is played from every seat'),
    simulations: whole(0, 100_000).describe('simulations a move; 0: the policy alone'),
    opponents: z
      .array(z.string())
      .min(1)
      .describe(
        'player specs, the fixed part of the ladder; Elo is counted from the first. The best checkpoint joins them',
      ),
    spacing: whole(0, 1_000_000).describe(
      'evaluations between checkpoints that join the ladder, each until the next; 0: none do',
    ),
    gate: z
      .enum(['none', 'sprt'])
      .describe('sprt: self-play and best take over new weights once a sequential test has found them stronger'),
    gateElo: z.number().positive().max(1000).describe('Elo ahead that this test tells from 0, wrong in 5 % either way'),
    gatePairs: whole(1, 100_000).describe('deals of the test at most; undecided by then, the weights before stay'),
  }),
  checkpoints: z.strictObject({
    every: whole(1, 1_000_000).describe('iterations between checkpoints'),
    keep: whole(1, 1000).describe('newest checkpoints that are kept, beside the best'),
  }),
});

/**
 * All settings of a run, checked. `describeConfig` and `azul train --print-config` tell what each field means.
 *
 * @interface
 */
export type Config = z.infer<typeof configSchema>;

const laptop: Config = {
  players: 2,
  seed: 1,
  network: 'medium',
  iterations: 0,
  selfPlay: {
    workers: Math.min(MOST_WORKERS, availableParallelism()),
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
    fullFraction: 1,
    cheapSimulations: 8,
    valueLambda: 0.93,
  },
  replay: { minWindow: 30_000, maxWindow: 1_000_000, growth: 0.5, growthExponent: 1, surpriseWeight: 0, recency: 4 },
  training: {
    backend: 'onnx',
    device: 'cpu',
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
    averageDecay: 0.998,
    searchValueWeight: 0.7,
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
  checkpoints: { every: 10, keep: 4 },
};

/** Named configurations; each says only how it differs from `laptop`, the default. */
export const PRESETS: Record<string, Config> = {
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
} satisfies Record<PresetName, Config>;

/** A setting that is not valid; the message names its field. */
export class ConfigError extends UsageError {
  override name = 'ConfigError';
}

/** Partial settings, section by section. */
export type ConfigChanges = {
  [K in keyof Config]?: Config[K] extends unknown[] ? Config[K] : Partial<Config[K]> | Config[K];
};

/** The configuration with some fields replaced. */
export function override(config: Config, changes: ConfigChanges): Config {
  return merge(config, changes) as Config;
}

function merge(base: unknown, changes: unknown): unknown {
  if (!isRecord(base) || !isRecord(changes)) return changes;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) if (value !== undefined) merged[key] = merge(base[key], value);
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A checked configuration from a preset and changes to it, the later over the earlier; a ConfigError names a bad field. */
export function makeConfig(preset: PresetName, ...changes: ConfigChanges[]): Config {
  return changeConfig(presetNamed(preset), ...changes);
}

/** The same from any configuration, with changes of unknown form: those of a file or a command line. */
export function changeConfig(base: Config, ...changes: unknown[]): Config {
  return validateConfig(changes.reduce(merge, base as unknown), 'the configuration');
}

/** The preset of a name; a ConfigError if there is none. */
export function presetNamed(name: string): Config {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (!preset) throw new ConfigError(`unknown preset ${name}; there are ${Object.keys(PRESETS).join(', ')}`);
  return preset;
}

/** Checks that a value from outside is a configuration. */
export function validateConfig(value: unknown, where: string): Config {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) {
    const { replay, training } = parsed.data;
    if (replay.minWindow > replay.maxWindow)
      throw new ConfigError(`${where}: replay.minWindow is above replay.maxWindow`);
    if (training.minPositions > replay.minWindow) {
      throw new ConfigError(
        `${where}: training.minPositions is above replay.minWindow, so that training might never begin`,
      );
    }
    if (training.finalLearningRate > training.learningRate) {
      throw new ConfigError(`${where}: training.finalLearningRate is above training.learningRate`);
    }
    const { evaluation, players, selfPlay } = parsed.data;
    const { size } = new Network(players, networkShape(parsed.data));
    if (size > MOST_PARAMETERS) {
      const [has, most] = [size, MOST_PARAMETERS].map((n) => Math.round(n / 1e6));
      throw new ConfigError(`${where}: the network has ${has} million parameters; the most is ${most} million`);
    }
    if (evaluation.gate === 'sprt' && evaluation.every === 0) {
      throw new ConfigError(
        `${where}: evaluation.every is 0, so that nothing would ever pass evaluation.gate sprt; set one of them to another`,
      );
    }
    if (selfPlay.device === 'webgpu' && training.device === 'webgpu' && training.backend === 'onnx') {
      throw new ConfigError(
        `${where}: self-play and training can't both use webgpu; set selfPlay.device or training.device to cpu`,
      );
    }
    return parsed.data;
  }
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.');
  throw new ConfigError(
    `${where}${field ? `, field ${field}` : ''}: ${issue.message}; azul train --print-config shows every field`,
  );
}

/** Width and depth of the network that a configuration names. */
export function networkShape({ network }: Config): NetworkShape {
  return typeof network === 'string' ? NETWORK_SIZES[network] : network;
}

/** Every field, as section.field, and what it means. */
export function describeConfig(): [field: string, meaning: string][] {
  const describe = (shape: Record<string, z.ZodType>, prefix: string): [string, string][] =>
    Object.entries(shape).flatMap(([key, field]) =>
      field instanceof z.ZodObject
        ? describe(field.shape, `${prefix}${key}.`)
        : [[prefix + key, field.description ?? '']],
    );
  return describe(configSchema.shape, '');
}
