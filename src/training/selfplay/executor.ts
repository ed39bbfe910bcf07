import type { GameRecord } from '../../arena/match.js';
import { type MatchExecutor, type MatchJob, playMatchOn } from '../../players/matches.js';
import { createWorkers } from '../../players/workers.js';
import { selfPlay } from './actors.js';
import type { SelfPlayJob } from './job.js';

/** Plays games on threads of this machine or on a fleet of machines (fleet/). The trainer does not know which. */
export interface Executor extends MatchExecutor {
  /** Plays self-play games. Ends when all games have been played or the job's signal aborts. */
  selfPlay(job: SelfPlayJob): Promise<void>;
  /** Frees all resources. No job may be under way. */
  close(): Promise<void>;
}

/** Starts `threads` worker threads, and returns an executor that plays on them. */
export function threadExecutor(threads: number): Executor {
  const workers = createWorkers(threads);
  return {
    selfPlay: async (job) => void (await selfPlay(workers, job)),
    playMatch: (job: MatchJob): Promise<GameRecord[]> => playMatchOn(workers, job),
    close: () => workers.destroy(),
  };
}
