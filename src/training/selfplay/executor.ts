import type { GameRecord } from '../../arena/match.js';
import { type MatchExecutor, type MatchJob, playMatchOn } from '../../players/matches.js';
import { createWorkers } from '../../players/workers.js';
import { selfPlay } from './actors.js';
import type { SelfPlayJob } from './job.js';

/** Plays games: threads of this machine, or a fleet of machines (fleet/). The trainer does not know which. */
export interface Executor extends MatchExecutor {
  /** Plays games of self-play, and ends when all were taken or the job's signal aborts. */
  selfPlay(job: SelfPlayJob): Promise<void>;
  /** Frees what it holds; no job may be under way. */
  close(): Promise<void>;
}

/** Starts n worker threads that play. */
export function threadExecutor(threads: number): Executor {
  const workers = createWorkers(threads);
  return {
    selfPlay: async (job) => void (await selfPlay(workers, job)),
    playMatch: (job: MatchJob): Promise<GameRecord[]> => playMatchOn(workers, job),
    close: () => workers.destroy(),
  };
}
