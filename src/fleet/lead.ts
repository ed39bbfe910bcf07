import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { FleetError } from './connect.js';
import { JOBS } from './names.js';
import { BEAT, LIFE } from './setUp.js';

/** What the server says of a job. */
export const jobState = z.object({
  /** Who leads it: host and folder. */
  owner: z.string(),
  version: z.string(),
  iteration: z.number().optional(),
  /** Games missing. */
  missing: z.number().optional(),
});
export type JobState = z.infer<typeof jobState>;

type Keys = Awaited<ReturnType<Kvm['open']>>;

/**
 * The right to lead a job, which one process at a time has: a key that is written with the revision that is expected, and
 * is gone some time after its last renewal. The same owner takes it over at once: its folder's lock says that the
 * process before has ended.
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

  /** Takes the lead; a FleetError if another process has it. `onLost` is called if another takes it later. */
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

  /** Writes the state now, in turn with other writes. */
  beat(): void {
    this.renewal = this.renewal.then(() => this.renew());
  }

  private async renew(): Promise<void> {
    if (!this.beating) return;
    const value = JSON.stringify(this.state());
    try {
      this.revision = await this.keys.update(this.job, value, this.revision);
    } catch {
      // The server is away, has forgotten the key, or has given it to another.
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

  /** Gives the lead to others. */
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
