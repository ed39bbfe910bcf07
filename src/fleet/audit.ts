import { randomInt } from 'node:crypto';
import type { FinishedGame } from '../training/data/replayBuffer.js';
import type { Executor } from '../training/selfplay/executor.js';
import type { SelfPlayJob } from '../training/selfplay/job.js';

/** Steps in which a share is told from others. */
const RESOLUTION = 2 ** 32;
/** Games of a new worker that are audited, whatever the share. */
const FIRST = 4;

/** A game that waits for its audit. */
export interface Suspect {
  /** The job that asked for it. */
  job: SelfPlayJob;
  worker: string;
  game: number;
  /** Called with the game as the learner itself plays it; undefined if the job has ended before. */
  judge: (own: FinishedGame | undefined) => void;
}

/** Plays a share of each worker's games once more, on threads of its own. */
export class Auditor {
  private readonly seen = new Map<string, number>();
  private waiting: Suspect[] = [];
  private work: Promise<void> | undefined;
  /** Games audited so far. */
  audited = 0;

  constructor(
    private readonly executor: Executor,
    private readonly share: number,
  ) {}

  /** Whether to audit the game that a worker hands in now; no worker can foresee it. */
  wants(worker: string): boolean {
    const seen = this.seen.get(worker) ?? 0;
    this.seen.set(worker, seen + 1);
    return seen < FIRST || randomInt(RESOLUTION) < this.share * RESOLUTION;
  }

  add(suspect: Suspect): void {
    this.waiting.push(suspect);
    this.work ??= this.replay().finally(() => {
      this.work = undefined;
    });
  }

  private async replay(): Promise<void> {
    while (this.waiting.length > 0) {
      const { job } = this.waiting[0]!;
      const suspects = new Map(this.waiting.filter((suspect) => suspect.job === job).map((s) => [s.game, s]));
      this.waiting = this.waiting.filter((suspect) => suspect.job !== job);
      const onGame = (own: FinishedGame) => {
        this.audited++;
        suspects.get(own.number)!.judge(own);
        suspects.delete(own.number);
      };
      try {
        await this.executor.selfPlay({ ...job, games: [...suspects.keys()], onGame });
      } finally {
        for (const suspect of suspects.values()) suspect.judge(undefined);
      }
    }
  }

  /** Waits for the audits under way. */
  async close(): Promise<void> {
    await this.work?.catch(() => {});
    await this.executor.close();
  }
}
