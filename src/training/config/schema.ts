import { z } from 'zod';
import { DEVICES } from '../../network/devices.js';
import { PRECISIONS } from '../../network/inference.js';
import { HALF_DEVICES, TRAINING_PRECISIONS } from '../step/backend.js';
import { HEAD_NAMES, VALUE_HEAD_NAMES, VALUE_HEADS } from '../step/heads.js';
import { policyLosses, valueLosses } from '../step/losses.js';
import type { LossRegistry } from '../step/lossRegistry.js';
import { OPTIMIZERS } from '../step/optimizer.js';
import { SCHEDULES } from '../step/schedule.js';

export const MAX_WORKERS = 256;

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const fraction = z.number().min(0).max(1);

/**
 * Schema of a loss: a name with or without parameters, as `huber(delta=0.5)` or { "name": "huber", "delta": 0.5 }. The
 * configuration keeps it as text.
 */
const lossOf = <Inputs extends unknown[]>(losses: LossRegistry<Inputs>) =>
  z
    .union([z.string(), z.looseObject({ name: z.string() })], {
      error: 'it must be of the form huber, huber(delta=0.5) or { "name": "huber", "delta": 0.5 }',
    })
    .transform((spec, context) => {
      try {
        return losses.print(spec);
      } catch (error) {
        context.addIssue((error as Error).message);
        return z.NEVER;
      }
    });

/** Returns a record with an entry for each name. */
export function recordOf<Name extends string, Key extends string, Value>(
  names: readonly Name[],
  entry: (name: Name) => readonly [Key, Value],
): Record<Key, Value> {
  return Object.fromEntries(names.map(entry)) as Record<Key, Value>;
}

const valueLossFields = recordOf(VALUE_HEAD_NAMES, (head) => [
  `${head}Loss` as const,
  lossOf(valueLosses).describe(
    `Loss of the predicted ${VALUE_HEADS[head].predicts}: mse, mae, huber(delta=1), mape(epsilon=0.1), or one that your program registers.`,
  ),
]);
const weightFields = recordOf(HEAD_NAMES, (head) => [
  `${head}Weight` as const,
  z.number().min(0).describe(`Weight of the ${head} loss in the total loss.`),
]);

/**
 * Schema of all settings of a run. A new run takes their values from presets, files and flags, and keeps its own copy.
 */
export const configSchema = z.strictObject({
  players: whole(2, 4).describe('Seats at the table, 2 to 4.'),
  seed: whole(0, 2 ** 31 - 1).describe('Seed of everything random in the run.'),
  network: z
    .union(
      [
        z.enum(['small', 'medium', 'large']),
        z.strictObject({ width: whole(2, 8192), blocks: whole(0, 64), dropout: z.number().min(0).max(0.9).optional() }),
      ],
      {
        error:
          'it must be small, medium, large or of the form { "width": 512, "blocks": 3 }, perhaps with a "dropout" up to 0.9',
      },
    )
    .describe(
      'Network size: small, medium, large or a width and a number of blocks, such as { "width": 512, "blocks": 3 }. ' +
        'network.dropout is the probability that a hidden unit is dropped in training; without it none is.',
    ),
  iterations: whole(0, 1_000_000).describe('Iterations until the run is finished; 0: it trains until you stop it.'),
  selfPlay: z.strictObject({
    workers: whole(0, MAX_WORKERS).describe('Worker threads of self-play; 0: only a fleet plays.'),
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
    precision: z
      .enum(TRAINING_PRECISIONS)
      .default('fp32')
      .describe(`Number format of training: fp32, or fp16 (mixed precision) on ${HALF_DEVICES.join(', ')}.`),
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
      'Iterations in a row that may pass without a better monitor.metric before the learning rate falls (plateau).',
    ),
    cooldown: whole(0, 1_000_000).describe(
      'Iterations after a fall of the learning rate that do not count towards patience (plateau).',
    ),
    minDelta: fraction.describe(
      'Fraction of the best monitor.metric by which an iteration has to be better to count as an improvement (plateau).',
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
  monitor: z.strictObject({
    metric: z
      .string()
      .min(1)
      .describe(
        'Number of the history that plateau, patience and keepBest watch, such as validation.loss, validation.policyAccuracy or evaluation.elo.mean.',
      ),
    mode: z.enum(['min', 'max']).describe('Which values of monitor.metric are better: min (low) or max (high).'),
    minDelta: z
      .number()
      .min(0)
      .describe('Amount by which monitor.metric has to be better to count as an improvement (patience, keepBest).'),
    patience: whole(0, 1_000_000).describe(
      'Iterations in a row that may pass without a better monitor.metric before the run ends; 0: it does not end early.',
    ),
    restoreBest: z
      .boolean()
      .describe('Whether a run that ends early goes back to the weights of its best iteration by monitor.metric.'),
    keepBest: z
      .boolean()
      .describe('Whether the best checkpoint is the one with the best monitor.metric, in place of the highest Elo.'),
  }),
  fleet: z.strictObject({
    audit: fraction.describe(
      "Fraction of each worker's games that the learner of a fleet plays again and compares, besides its first ones.",
    ),
    lag: whole(0, 100).describe(
      'Iterations whose self-play may begin before the last one is trained on; 0: none, and the run is bit-exact.',
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
