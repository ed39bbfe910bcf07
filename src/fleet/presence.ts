/** What workers say of themselves: a key for each, which is gone some time after the last sign of life. */
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { NAME, WORKERS } from './names.js';
import { LIFE } from './setUp.js';

export const presence = z.object({
  version: z.string().max(40),
  threads: z.int().min(0).max(4096),
  /** Games handed in since it started, and the rate of the last minute. */
  games: z.int().min(0),
  gamesPerSecond: z.number().min(0),
  /** What it plays, if it plays. */
  job: z.string().regex(NAME).optional(),
  iteration: z.int().optional(),
});
export type Presence = z.infer<typeof presence>;

/** A worker as others see it. */
export interface SeenWorker extends Presence {
  name: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  seen: number;
}

/** The workers of a fleet, as their keys come. */
export class Roster {
  private readonly seen = new Map<string, SeenWorker>();

  /** Begins to watch; ends with the connection. */
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

  /** Workers that have shown a sign of life, by name. */
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
