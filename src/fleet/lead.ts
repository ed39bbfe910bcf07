import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { FleetError } from './connect.js';
import { JOBS } from './names.js';
import { BEAT, LIFE } from './setUp.js';

/** The state of a job on the server. */
export const jobState = z.object({
  /** The process that leads the job: host and folder. */
  owner: z.string(),
  version: z.string(),
  iteration: z.number().optional(),
  /** Number of missing games. */
  missing: z.number().optional(),
});
export type JobState = z.infer<typeof jobState>;

type Keys = Awaited<ReturnType<Kvm['open']>>;

/**
 * The right to lead a job, which one process at a time has. It is a key on the server. A write must name the key's last
 * revision, and the key expires LIFE milliseconds after the last write. A new process of the same owner can take the lead
 * immediately, because the lock of its folder proves that the previous process has ended.
 */
export class Lead {
  private beating: NodeJS.Timeout | undefined;
  private renewal = Promise.resolve();

  private constructor(
    private readonly keys: Keys,
    private readonly job: string,
    private revision: number,
    private readonly state: () => JobState,
    private readonly onLost: (error: FleetError) => void,
  ) {}

  /** Takes the lead. Throws a FleetError if another process has it. `onLost` is called if another owner takes it later. */
  static async take(
    nc: NatsConnection,
    job: string,
    state: () => JobState,
    onLost: (error: FleetError) => void,
  ): Promise<Lead> {
    const keys = await new Kvm(nc).open(JOBS);
    const value = JSON.stringify(state());
    const found = await keys.get(job);
    const held = found?.operation === 'PUT' ? jobState.safeParse(found.json()).data : undefined;
    if (held && held.owner !== state().owner) throw taken(job, held.owner);
    try {
      const revision = found ? await keys.update(job, value, found.revision) : await keys.create(job, value);
      const lead = new Lead(keys, job, revision, state, onLost);
      lead.beating = setInterval(() => lead.beat(), BEAT);
      return lead;
    } catch {
      throw taken(job, 'another process');
    }
  }

  /** Writes the state, after any write in progress. */
  beat(): void {
    this.renewal = this.renewal.then(() => this.renew());
  }

  private async renew(): Promise<void> {
    if (!this.beating) return;
    const value = JSON.stringify(this.state());
    try {
      this.revision = await this.keys.update(this.job, value, this.revision);
    } catch {
      // The server does not answer, the key has expired, or another process has it.
      try {
        const found = await this.keys.get(this.job);
        const held = found?.operation === 'PUT' ? jobState.safeParse(found.json()).data : undefined;
        if (held && held.owner !== this.state().owner) return this.onLost(taken(this.job, held.owner));
        this.revision = found
          ? await this.keys.update(this.job, value, found.revision)
          : await this.keys.create(this.job, value);
      } catch {
        // The next beat tries again.
      }
    }
  }

  /** Gives up the lead. */
  async release(): Promise<void> {
    clearInterval(this.beating);
    this.beating = undefined;
    await this.renewal;
    await this.keys.delete(this.job).catch(() => {});
  }
}

function taken(job: string, owner: string): FleetError {
  return new FleetError(
    `${job} is led by ${owner}; stop that one first, or wait ${LIFE / 1000} s if it has ended without a word`,
  );
}
