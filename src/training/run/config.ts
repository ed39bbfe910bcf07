import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { DEVICES } from '../../network/devices.js';
import { PRECISIONS } from '../../network/inference.js';
import { NETWORK_SIZES, Network, type NetworkShape } from '../../network/network.js';
import { HEAD_NAMES, VALUE_HEAD_NAMES, VALUE_HEADS } from '../step/heads.js';
import { type LossRegistry, policyLosses, valueLosses } from '../step/losses.js';
import { OPTIMIZERS } from '../step/optimizer.js';
import { SCHEDULES } from '../step/schedule.js';
import { ConfigError } from './configError.js';
import { withoutGoneSettings } from './goneSettings.js';
import type { PresetName } from './presetNames.js';

const MOST_WORKERS = 256;
/** What the optimizer keeps for each of them has to fit 4 GiB (adamKernel.ts). */
const MOST_PARAMETERS = 170_000_000;

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const fraction = z.number().min(0).max(1);

const lossOf = (losses: LossRegistry<unknown>) =>
  z.string().refine((name) => losses.has(name), {
    error: () => `unknown loss; choose one of ${losses.names.join(', ')}`,
  });

/** A record with an entry for each name. */
function recordOf<Name extends string, Key extends string, Value>(
  names: readonly Name[],
  entry: (name: Name) => readonly [Key, Value],
): Record<Key, Value> {
  return Object.fromEntries(names.map(entry)) as Record<Key, Value>;
}

const valueLossFields = recordOf(VALUE_HEAD_NAMES, (head) => [
  `${head}Loss` as const,
  lossOf(valueLosses).describe(
    `Loss of the predicted ${VALUE_HEADS[head].predicts}: ${valueLosses.names.join(', ')}, or one that your program registers.`,
  ),
]);
const weightFields = recordOf(HEAD_NAMES, (head) => [
  `${head}Weight` as const,
  z.number().min(0).describe(`Weight of the ${head} loss in the total loss.`),
]);

/** Everything that decides how a run goes. A run keeps its own copy; presets, files and flags only make the first one. */
export const configSchema = z.strictObject({
  players: whole(2, 4).describe('Seats at the table, 2 to 4.'),
  seed: whole(0, 2 ** 31 - 1).describe('Seed of everything random in the run.'),
  network: z
    .union([z.enum(['small', 'medium', 'large']), z.strictObject({ width: whole(2, 8192), blocks: whole(0, 64) })], {
      error: 'it must be small, medium, large or of the form { "width": 512, "blocks": 3 }',
    })
    .describe(
      'Network size: small, medium, large or a width and a number of blocks, such as { "width": 512, "blocks": 3 }.',
    ),
  iterations: whole(0, 1_000_000).describe('Iterations until the run is finished; 0: it trains until you stop it.'),
  selfPlay: z.strictObject({
    workers: whole(0, MOST_WORKERS).describe('Worker threads of self-play; 0: only a fleet plays.'),
    gamesPerIteration: whole(1, 1_000_000).describe('Games played in each iteration.'),
    parallelGames: whole(1, 4096).describe(
      'Games that each worker plays side by side; more games fill larger batches for the network.',
    ),
    simulations: whole(1, 100_000).describe('Simulations per move from growthGames games on.'),
    firstSimulations: whole(1, 100_000).describe('Simulations per move in the first games, if fewer than simulations.'),
    growthGames: whole(1, 1_000_000_000).describe(
      'Games over which simulations grow geometrically from firstSimulations to simulations.',
    ),
    precision: z
      .enum(PRECISIONS)
      .describe(
        'Number format of the network on the cpu: int8 (most layers in 8-bit integers) or fp32 (32-bit floats).',
      ),
    selection: z
      .enum(['gumbel', 'puct'])
      .describe('Search method: gumbel (Danihelka et al. 2022) or puct (Silver et al. 2018).'),
    considered: whole(2, 300).describe(
      'Actions that sequential halving starts from (gumbel); the maximum is half the simulations.',
    ),
    temperature: z
      .number()
      .min(0)
      .max(10)
      .describe('Temperature of the first moves of a game (puct); gumbel explores by its noise instead.'),
    temperatureHalfLife: z.number().positive().describe('Plies over which temperature halves (puct).'),
    device: z
      .enum(DEVICES)
      .describe(`Device on which ONNX Runtime computes in self-play and evaluation: ${DEVICES.join(', ')}.`),
    deals: whole(0, 64).describe(
      "Deals sampled at the end of a round, besides the network's own value of that position; 0: none.",
    ),
    valueLambda: fraction.describe(
      "Weight of later plies in a position's search value, λ of TD(λ); 0: only the position's own search counts.",
    ),
  }),
  replay: z.strictObject({
    minWindow: whole(1, 100_000_000).describe(
      'Minimum size of the replay window in positions; until then it holds every position.',
    ),
    maxWindow: whole(1, 100_000_000).describe('Maximum size of the replay window in positions.'),
    growth: fraction.describe(
      'Growth of the replay window per position played beyond minWindow; 1: it keeps them all.',
    ),
    recency: z
      .number()
      .min(1)
      .max(1000)
      .describe(
        "Probability of drawing the window's newest position, divided by that of its oldest; 1: all are equally likely.",
      ),
  }),
  training: z.strictObject({
    backend: z.enum(['onnx', 'tensorflow']).describe('Library that computes losses and gradients: onnx or tensorflow.'),
    device: z
      .enum(DEVICES)
      .describe('Device on which ONNX Runtime trains, as in selfPlay.device; TensorFlow chooses its own.'),
    batchSize: whole(1, 65_536).describe('Positions per training step.'),
    reuse: z.number().positive().max(100).describe('Mean number of times that training draws each position.'),
    minPositions: whole(1, 100_000_000).describe('Positions that the replay window must hold before training starts.'),
    microBatches: whole(1, 65_536).describe('Parts in which a step computes its batch; more parts need less memory.'),
    optimizer: z
      .enum(OPTIMIZERS)
      .describe('Optimizer: adamw, adam or sgd. sgd needs a learning rate 10 to 100 times as high.'),
    momentum: z
      .number()
      .min(0)
      .max(0.9999)
      .describe('Decay rate of the running mean of gradients: β1 of adam and adamw, the momentum of sgd.'),
    beta2: z
      .number()
      .min(0)
      .max(0.999999)
      .describe('Decay rate of the running mean of squared gradients (adam, adamw).'),
    weightDecay: fraction.describe('Weight decay of the weight matrices; adamw applies it apart from the gradient.'),
    clipNorm: z.number().positive().describe('Maximum norm of the gradient; longer gradients are scaled down to it.'),
    learningRate: z
      .number()
      .positive()
      .max(10)
      .describe('Learning rate at the end of the warm-up, from which schedule lowers it.'),
    finalLearningRate: z.number().positive().max(10).describe('Minimum learning rate, at the end of schedule.'),
    warmUpSteps: whole(0, 1_000_000).describe(
      'Steps over which the learning rate grows linearly from 0 to learningRate.',
    ),
    schedule: z
      .enum(SCHEDULES)
      .describe(`Schedule by which the learning rate falls after the warm-up: ${SCHEDULES.join(', ')}.`),
    decaySteps: whole(1, 1_000_000_000).describe(
      'Steps until finalLearningRate (cosine, exponential), between two falls (step) or in the first cycle (cosineRestarts).',
    ),
    decayFactor: fraction.describe('Factor that multiplies the learning rate at each fall (step, plateau).'),
    cycleFactor: z
      .number()
      .min(1)
      .max(100)
      .describe('Length of each cycle divided by that of the one before (cosineRestarts).'),
    patience: whole(0, 1_000_000).describe(
      'Iterations in a row that may pass without a lower held-out loss before the learning rate falls (plateau).',
    ),
    averageDecay: z
      .number()
      .min(0)
      .max(0.999999)
      .describe(
        'Decay per step of the moving average of the weights, which plays in place of the weights; 0: no average.',
      ),
    searchValueWeight: fraction.describe(
      "Fraction of a value target that comes from search values; the rest comes from the game's outcome.",
    ),
    policyLoss: lossOf(policyLosses).describe('Policy loss: crossEntropy, or one that your program registers.'),
    ...valueLossFields,
    ...weightFields,
    policyTemperature: z.number().positive().describe('Divisor of the logits in the policy loss.'),
    labelSmoothing: fraction.describe('Fraction of each policy target that is spread evenly over the legal moves.'),
  }),
  validation: z.strictObject({
    fraction: z.number().min(0).max(0.5).describe('Fraction of games held out of training for validation.'),
    positions: whole(1, 1_000_000).describe("Held-out positions that each iteration's validation measures."),
  }),
  evaluation: z.strictObject({
    every: whole(0, 1_000_000).describe(
      'Iterations between evaluations, the last iteration always included; 0: no evaluations.',
    ),
    pairs: whole(1, 100_000).describe('Deals against each opponent; each deal is played once from every seat.'),
    simulations: whole(0, 100_000).describe(
      'Simulations per move of the evaluated networks; 0: they play by their policy alone.',
    ),
    opponents: z
      .array(z.string())
      .min(1)
      .describe(
        'Players that each evaluation meets besides the best checkpoint, as player specs; the first one has Elo 0.',
      ),
    spacing: whole(0, 1_000_000).describe(
      'Evaluations between two checkpoints that join the ladder as opponents; 0: none join.',
    ),
    gate: z
      .enum(['none', 'sprt'])
      .describe(
        'Test that new weights must pass before self-play and best use them: none, or sprt (a sequential match test).',
      ),
    gateElo: z
      .number()
      .positive()
      .max(1000)
      .describe("Elo lead that the gate's test distinguishes from 0, with 5 % errors either way."),
    gatePairs: whole(1, 100_000).describe(
      "Maximum number of deals in the gate's test; if it is still undecided, the old weights stay.",
    ),
  }),
  checkpoints: z.strictObject({
    every: whole(1, 1_000_000).describe('Iterations between checkpoints.'),
    keep: whole(1, 1000).describe('Newest checkpoints to keep, besides the best one.'),
  }),
});

/**
 * All settings of a run, checked. `describeConfig` and `azul train --print-config` explain each field.
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
    valueLambda: 0.93,
  },
  replay: { minWindow: 30_000, maxWindow: 1_000_000, growth: 0.5, recency: 4 },
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
  if (!preset) throw new ConfigError(`unknown preset '${name}'; choose one of ${Object.keys(PRESETS).join(', ')}`);
  return preset;
}

/** Checks that a value from outside is a configuration. */
export function validateConfig(value: unknown, where: string): Config {
  const parsed = configSchema.safeParse(isRecord(value) ? withoutGoneSettings(value, where) : value);
  if (parsed.success) {
    const { replay, training } = parsed.data;
    if (replay.minWindow > replay.maxWindow)
      throw new ConfigError(`${where}: replay.minWindow is above replay.maxWindow; lower it`);
    if (training.minPositions > replay.minWindow) {
      throw new ConfigError(
        `${where}: training.minPositions is above replay.minWindow, so training might never start; lower it`,
      );
    }
    if (training.finalLearningRate > training.learningRate) {
      throw new ConfigError(`${where}: training.finalLearningRate is above training.learningRate; lower it`);
    }
    const { evaluation, players, selfPlay } = parsed.data;
    const { size } = new Network(players, networkShape(parsed.data));
    if (size > MOST_PARAMETERS) {
      const [has, most] = [size, MOST_PARAMETERS].map((n) => Math.round(n / 1e6));
      throw new ConfigError(
        `${where}: the network has ${has} million parameters; choose one with at most ${most} million`,
      );
    }
    if (evaluation.gate === 'sprt' && evaluation.every === 0) {
      throw new ConfigError(
        `${where}: evaluation.every is 0, so no weights would ever pass evaluation.gate sprt; raise evaluation.every, or set evaluation.gate to none`,
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
