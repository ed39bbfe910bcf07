/** The messages with which the learner queues work. They are JSON with numbers and names, never code or commands. */
import { z } from 'zod';
import { sha256 } from '../files.js';
import type { SearchSettings } from '../mcts/settings.js';
import { DEVICES } from '../network/devices.js';
import { PRECISIONS } from '../network/inference.js';
import type { PlainPlayer } from '../players/playerKinds.js';
import { isModelPlayer, type ModelPlayer, type PlayerDescription } from '../players/players.js';
import type { SelfPlayJob } from '../training/selfplay/job.js';
import { WORK_KEY } from './gameMessage.js';
import { NAME } from './names.js';

const whole = (min: number, max: number) => z.int().min(min).max(max);
const name = z.string().regex(NAME);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const seats = whole(2, 4);
const seed = whole(0, 2 ** 31 - 1);
const shape = z.strictObject({ width: whole(2, 8192), blocks: whole(0, 64) });
const numbers = z.array(whole(0, 2 ** 32 - 1)).max(10_000);
const finite = z.number();
/** A record of settings: short names with numbers, booleans or short texts. */
const section = z.record(z.string().max(30), z.union([finite, z.boolean(), z.string().max(30)]));

const search = z.looseObject({
  simulations: whole(1, 10_000_000),
  selection: z.enum(['gumbel', 'puct']),
  considered: whole(0, 300),
  deals: whole(0, 1000),
  endgame: whole(0, 9),
  gumbel: section,
  puct: section,
  dirichlet: section,
  temperature: section,
});

const playWork = z.strictObject({
  version: z.string(),
  kind: z.literal('play'),
  job: name,
  /** Hash of all other fields except the games. The results of this work contain it. */
  key: z.string().regex(new RegExp(`^[0-9a-f]{${2 * WORK_KEY}}$`)),
  iteration: whole(1, 2 ** 31 - 1),
  games: numbers.min(1),
  players: seats,
  seed,
  shape,
  weights: hash,
  device: z.enum(DEVICES),
  precision: z.enum(PRECISIONS),
  search,
  valueLambda: z.number().min(0).max(1),
  parallel: whole(1, 4096),
});

const contestant = z.union([
  z.strictObject({
    name: z.string().max(4096),
    shape,
    weights: hash,
    ranges: z.record(z.string(), finite).optional(),
    precision: z.enum(PRECISIONS).optional(),
    simulations: whole(0, 10_000_000),
    device: z.enum(DEVICES).optional(),
    search: search.partial().optional(),
  }),
  z.strictObject({
    name: z.string().max(4096),
    /** Kinds without a program, because workers start no programs. */
    kind: z.enum(['random', 'greedy', 'heuristic', 'rollouts', 'alphabeta']),
    target: z.literal(''),
    options: section,
  }),
]);

const matchWork = z.strictObject({
  version: z.string(),
  kind: z.literal('match'),
  job: name,
  key: z.string().max(32),
  seats,
  seed,
  range: z.tuple([whole(0, 2 ** 31), whole(0, 2 ** 31)]),
  skip: numbers,
  contestants: z.array(contestant).min(2).max(4),
});

const work = z.discriminatedUnion('kind', [playWork, matchWork]);

export type PlayWork = Omit<z.infer<typeof playWork>, 'search'> & { search: SearchSettings };
export type MatchWork = z.infer<typeof matchWork>;
export type Work = PlayWork | MatchWork;

/** Work that a worker can't do. The message says why. */
export class WorkError extends Error {
  override name = 'WorkError';
}

/** Work of a version that differs from the worker's. */
export class VersionError extends WorkError {
  override name = 'VersionError';
}

/** Parses the work in a message. Throws a VersionError or WorkError that says why this worker can't do it. */
export function parseWork(bytes: Uint8Array, version: string): Work {
  let value: { version?: unknown };
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new WorkError('the work is no JSON');
  }
  if (typeof value?.version === 'string' && value.version !== version) {
    throw new VersionError(
      `the fleet plays with version ${value.version.slice(0, 40)} of azul, and this is ${version}; install that version`,
    );
  }
  const parsed = work.safeParse(value);
  if (parsed.success) return parsed.data as Work;
  const issue = parsed.error.issues[0]!;
  throw new WorkError(`the work has no valid ${issue.path.join('.')}: ${issue.message}`);
}

/** Returns the work of a self-play job, with its key, without its games. */
export function playWorkOf(
  job: string,
  { network, weights: _, games: __, onGame: ___, onRefused: ____, signal: _____, ...how }: SelfPlayJob,
  weights: string,
  version: string,
): Omit<PlayWork, 'games'> {
  const { players, shape } = network;
  const rest = { ...how, version, kind: 'play' as const, job, players, shape: { ...shape }, weights };
  return { ...rest, key: sha256(JSON.stringify(rest)).slice(0, 2 * WORK_KEY) };
}

/** Whether workers can create a player. They start no programs, and load no networks of other programs. */
export function canTravel(player: PlayerDescription): boolean {
  return isModelPlayer(player) || ('kind' in player && player.kind !== 'engine');
}

/** Converts a player into a contestant of work, with the hash of its weights instead of the weights. */
export function contestantOf(player: PlayerDescription, hashOf: (weights: Float32Array) => string) {
  return isModelPlayer(player) ? { ...player, weights: hashOf(player.weights) } : player;
}

/** Converts a contestant of work into a player, with weights from `fetch`. */
export async function playerOf(
  contestant: MatchWork['contestants'][number],
  fetch: (hash: string) => Promise<Float32Array>,
): Promise<PlayerDescription> {
  if (!('weights' in contestant)) return contestant as PlainPlayer;
  return { ...contestant, weights: await fetch(contestant.weights) } as ModelPlayer;
}
