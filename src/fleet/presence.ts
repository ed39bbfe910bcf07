/** The states that workers publish. Each worker has a key, which expires some time after its last sign of life. */
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { NAME, WORKERS } from './names.js';
import { LIFE } from './setUp.js';

export const presence = z.object({
  version: z.string().max(40),
  threads: z.int().min(0).max(4096),
  /** Number of games handed in since the worker started. */
  games: z.int().min(0),
  /** Rate over the last minute. */
  gamesPerSecond: z.number().min(0),
  /** The job that it plays for; undefined if it does not play. */
  job: z.string().regex(NAME).optional(),
  iteration: z.int().optional(),
});
export type Presence = z.infer<typeof presence>;

/** The last published state of a worker. */
export interface SeenWorker extends Presence {
  name: string;
  /** Time at which the state arrived, in ms since 1970. */
  seen: number;
}

/** The current workers of a fleet, from their keys. */
export class Roster {
  private readonly seen = new Map<string, SeenWorker>();

  /** Starts to watch the keys, until the connection is closed. */
  static async watch(nc: NatsConnection): Promise<Roster> {
    const roster = new Roster();
    const keys = await new Kvm(nc).open(WORKERS);
    const entries = await keys.watch();
    void (async () => {
      for await (const { key, operation, value } of entries) {
        const parsed = operation === 'PUT' ? parse(value) : undefined;
        if (parsed) roster.seen.set(key, { name: key, ...parsed, seen: Date.now() });
        else roster.seen.delete(key);
      }
    })();
    return roster;
  }

  /** Workers with a sign of life in the last LIFE milliseconds, ordered by name. */
  get workers(): SeenWorker[] {
    const now = Date.now();
    return [...this.seen.values()].filter(({ seen }) => now - seen < LIFE).sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function parse(value: Uint8Array): Presence | undefined {
  try {
    return presence.safeParse(JSON.parse(new TextDecoder().decode(value))).data;
  } catch {
    return undefined;
  }
}
