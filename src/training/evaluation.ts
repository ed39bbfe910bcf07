import { MessageChannel } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { GameRecord } from '../arena/match.js';
import { type Comparison, compare } from '../arena/statistics.js';
import { compiled } from '../paths.js';
import type { ModelPlayer } from './players.js';
import type { RefereeTask } from './referee.js';

/** How a player did against an opponent. */
export interface EvaluationResult extends Comparison {
  opponent: string;
  seconds: number;
}

export interface MatchJob {
  seats: number;
  /** Two players, or one for each seat: specs, or networks. */
  contestants: (string | ModelPlayer)[];
  /** Deals to play; each is played from every seat. */
  pairs: number;
  seed: number;
  /** Games that are not to be played, because they have been: their numbers, `pair * seats + rotation`. */
  skip?: ReadonlySet<number>;
  /** Called after each game, in the order in which they end. */
  onGame?: (game: GameRecord) => void;
  /** Called with the number of games that have ended. */
  onProgress?: (games: number) => void;
  signal?: AbortSignal;
}

/** Pairs that a referee plays side by side: enough to fill the network's batches. */
const PAIRS_PER_RANGE = 25;
/** Ranges of a short match, so that many workers have something to do. */
const MIN_RANGES = 8;

/**
 * Plays a match on all workers of the pool; the games come back ordered by pair. How it is cut into ranges, on which the
 * players' random streams depend, is a matter of its length alone, so the games are the same on any number of workers.
 */
export async function playMatchOn(workers: Piscina, job: MatchJob): Promise<GameRecord[]> {
  const threads = workers.options.maxThreads;
  const size = Math.min(PAIRS_PER_RANGE, Math.ceil(job.pairs / MIN_RANGES));
  const ranges: [number, number][] = [];
  for (let from = 0; from < job.pairs; from += size) ranges.push([from, Math.min(job.pairs, from + size)]);
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const stop = () => Atomics.store(shared, 0, ranges.length);
  if (job.signal?.aborted) stop();
  job.signal?.addEventListener('abort', stop);
  let done = 0;
  const officiate = async (): Promise<GameRecord[]> => {
    const { port1, port2 } = new MessageChannel();
    const allReceived = new Promise<void>((resolve, reject) => {
      port1.on('message', (game: GameRecord | null) => {
        if (game === null) return resolve();
        try {
          job.onGame?.(game);
          job.onProgress?.(++done);
        } catch (error) {
          reject(error);
        }
      });
    });
    const task: RefereeTask = {
      seats: job.seats,
      contestants: job.contestants,
      seed: job.seed,
      skip: job.skip,
      ranges,
      shared,
      port: port2,
    };
    try {
      const played = workers.run(task, { filename: compiled('training/referee.js'), transferList: [port2] });
      const [games] = await Promise.all([played as Promise<GameRecord[]>, allReceived]);
      return games;
    } catch (error) {
      stop();
      throw error;
    } finally {
      port1.close();
    }
  };
  try {
    const games = await Promise.all(Array.from({ length: Math.min(threads, ranges.length) }, officiate));
    return games.flat().sort((a, b) => a.pair - b.pair || a.rotation - b.rotation);
  } finally {
    job.signal?.removeEventListener('abort', stop);
  }
}

/** A player's score against one opponent over pairs of games. */
export async function evaluateAgainst(
  workers: Piscina,
  player: string | ModelPlayer,
  opponent: string,
  job: Omit<MatchJob, 'contestants'>,
): Promise<EvaluationResult> {
  const start = performance.now();
  const games = await playMatchOn(workers, { ...job, contestants: [player, opponent] });
  return { opponent, ...compare(games), seconds: (performance.now() - start) / 1000 };
}
