import { randomInt } from 'node:crypto';
import type { FinishedGame } from '../training/data/replayBuffer.js';
import type { Executor } from '../training/selfplay/executor.js';
import type { SelfPlayJob } from '../training/selfplay/job.js';

/** Number of steps in which the audited share is resolved. */
const RESOLUTION = 2 ** 32;
/** Number of first games of each worker that are always audited. */
const FIRST = 4;

/** A game that waits for its audit. */
export interface Suspect {
  /** The self-play job of the game. */
  job: SelfPlayJob;
  worker: string;
  game: number;
  /** Called with the learner's own play of the game; undefined if the job ended before. */
  judge: (own: FinishedGame | undefined) => void;
}

/** Replays a share of each worker's games with the executor of the learner. */
export class Auditor {
  private readonly seen = new Map<string, number>();
  private waiting: Suspect[] = [];
  private work: Promise<void> | undefined;
  /** Number of games audited so far. */
  audited = 0;

  constructor(
    private readonly executor: Executor,
    private readonly share: number,
  ) {}

  /** Whether to audit a worker's next game. After the first games the choice is random, so that workers can't predict it. */
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

  /** Waits for the audits in progress, then closes the executor. */
  async close(): Promise<void> {
    await this.work?.catch(() => {});
    await this.executor.close();
  }
}
