import type { GameRecord } from '../arena/match.js';
import { type SprtOptions, type SprtState, sprt } from '../arena/sprt.js';
import { type Comparison, compare, pairScores } from '../arena/statistics.js';
import { usableThreads } from '../network/devices.js';
import { describePlayer, isForeignPlayer, isModelPlayer, type PlayerDescription } from './players.js';
import { type RefereeTask, STOP } from './referee.js';
import { allOf, runJob, type Workers, whenAborted } from './workers.js';

/** The results of a player against an opponent, and the seconds that the match took. */
export interface EvaluationResult extends Comparison {
  opponent: string;
  seconds: number;
}

/** A match for the workers of a pool. */
export interface MatchJob {
  seats: number;
  /** Two players, or one for each seat. Models are read once, when the match starts. */
  contestants: (string | PlayerDescription)[];
  /** Deals to play. Each is played from every seat. */
  pairs: number;
  /** The number of the first deal. The default is 0. */
  from?: number;
  seed: number;
  /** Numbers of games to skip, `pair * seats + rotation`. */
  skip?: ReadonlySet<number>;
  /** Called after each game, in the order in which they end. */
  onGame?: (game: GameRecord) => void;
  /** Called with the number of games that have ended. */
  onProgress?: (games: number) => void;
  signal?: AbortSignal;
}

/** A player of matches, such as a pool of threads or a fleet of machines. */
export interface MatchExecutor {
  /** Plays a match and returns its games, ordered by pair and rotation. If the signal aborts, it returns the finished games. */
  playMatch(job: MatchJob): Promise<GameRecord[]>;
}

/** Max pairs in a range. A referee plays them at the same time, which fills the network's batches. */
const PAIRS_PER_RANGE = 25;
/** Number of ranges into which a short match is split, so that several workers can share it. */
const MIN_RANGES = 8;

/**
 * Plays a match on all workers of the pool. Returns the games ordered by pair and rotation. The players' random streams depend
 * on the ranges of pairs, and these depend only on the length of the match. So the games are the same on any number of workers.
 */
export async function playMatchOn(workers: Workers, job: MatchJob): Promise<GameRecord[]> {
  return playRangesOn(workers, job, matchRanges(job));
}

/** Plays some of the ranges of a match (`matchRanges`) on the workers of a pool. Returns their games in order. */
export async function playRangesOn(workers: Workers, job: MatchJob, ranges: [number, number][]): Promise<GameRecord[]> {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const stop = () => Atomics.store(shared, STOP, 1);
  const { seats, seed, skip, signal } = job;
  const contestants = described(job);
  const task: Omit<RefereeTask, 'port'> = { seats, contestants, seed, skip, ranges, shared };
  let done = 0;
  const onMessage = (game: GameRecord) => {
    job.onGame?.(game);
    job.onProgress?.(++done);
  };
  const referee = { module: 'players/referee.js', task, onMessage, stop };
  const ignoreAbort = whenAborted(signal, stop);
  try {
    const length = Math.min(usableThreads(workers.threads, contestants.map(deviceOf)), ranges.length);
    const games = await allOf(Array.from({ length }, () => runJob<GameRecord, GameRecord[]>(workers, referee)));
    return inOrder(games.flat());
  } finally {
    ignoreAbort();
  }
}

/** The ranges of a match: pairs from the first number up to but not including the second. */
export function matchRanges({ pairs, from: first = 0 }: MatchJob): [number, number][] {
  const size = Math.min(PAIRS_PER_RANGE, Math.ceil(pairs / MIN_RANGES));
  const end = first + pairs;
  const ranges: [number, number][] = [];
  for (let from = first; from < end; from += size) ranges.push([from, Math.min(end, from + size)]);
  return ranges;
}

/** Games ordered by pair and rotation. */
export function inOrder(games: readonly GameRecord[]): GameRecord[] {
  return [...games].sort((a, b) => a.pair - b.pair || a.rotation - b.rotation);
}

/** The players of a match as plain data, from which workers create them. */
export function described({ contestants, seats }: Pick<MatchJob, 'contestants' | 'seats'>): PlayerDescription[] {
  return contestants.map((player) => (typeof player === 'string' ? describePlayer(player, seats) : player));
}

function deviceOf(player: PlayerDescription): string | undefined {
  return isModelPlayer(player) || isForeignPlayer(player) ? player.device : undefined;
}

export interface SprtJob extends MatchJob {
  test: SprtOptions;
  /** Pairs between two tests. */
  pairsPerTest: number;
  /** Finished games, those in `skip`. The test counts them too. */
  known?: readonly GameRecord[];
}

/** Plays at most `job.pairs` pairs until a sequential test of the first contestant against the second is decided. */
export async function playSprt(
  executor: MatchExecutor,
  job: SprtJob,
): Promise<{ games: GameRecord[]; test: SprtState }> {
  const { test: options, pairsPerTest, known = [], onProgress, signal } = job;
  const contestants = described(job);
  const fresh: GameRecord[] = [];
  for (let from = 0; ; from += pairsPerTest) {
    const pairs = Math.min(pairsPerTest, job.pairs - from);
    const done = fresh.length;
    fresh.push(
      ...(await executor.playMatch({
        ...job,
        contestants,
        from,
        pairs,
        onProgress: (more) => onProgress?.(done + more),
      })),
    );
    const games = [...known, ...fresh].filter(({ pair }) => pair < from + pairs);
    const test = sprt(pairScores(games), options);
    if (signal?.aborted || test.verdict !== 'undecided' || from + pairs >= job.pairs) return { games, test };
  }
}

/** Plays pairs of games between a player and an opponent, and compares them. */
export async function evaluateAgainst(
  executor: MatchExecutor,
  player: string | PlayerDescription,
  opponent: string | PlayerDescription,
  job: Omit<MatchJob, 'contestants'>,
): Promise<EvaluationResult> {
  const start = performance.now();
  const games = await executor.playMatch({ ...job, contestants: [player, opponent] });
  return resultAgainst(opponent, games, start);
}

/** The results of a match. `start` is its start by performance.now(). */
export function resultAgainst(
  opponent: string | PlayerDescription,
  games: readonly GameRecord[],
  start: number,
): EvaluationResult {
  const name = typeof opponent === 'string' ? opponent : opponent.name;
  return { opponent: name, ...compare(games), seconds: (performance.now() - start) / 1000 };
}
