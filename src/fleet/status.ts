/** The status of a fleet: its workers, its jobs and its queue. */

import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connectTo, type FleetAddress, FleetError } from './connect.js';
import { type JobState, jobState } from './lead.js';
import { JOBS, KINDS, WORK } from './names.js';
import { Roster, type SeenWorker } from './presence.js';

export interface FleetStatus {
  workers: SeenWorker[];
  jobs: (JobState & { job: string })[];
  /** Number of batches that wait for a worker. */
  queued: number;
  /** Number of batches in progress. */
  playing: number;
}

/** Milliseconds to wait for the keys of workers. */
const KEYS = 300;

/** Reads the status of a fleet. Throws a FleetError if there is none at the address. */
export async function fleetStatus(address: FleetAddress): Promise<FleetStatus> {
  const nc = await connectTo(address);
  try {
    const jsm = await jetstreamManager(nc);
    const infos = await Promise.all(KINDS.map((kind) => jsm.consumers.info(WORK, kind))).catch(() => {
      throw new FleetError(
        `no run has been on the server at ${address.url} yet; azul train --fleet ${address.url} begins one`,
      );
    });
    const sum = (field: 'num_pending' | 'num_ack_pending') => infos.reduce((n, info) => n + info[field], 0);
    const roster = await Roster.watch(nc);
    const keys = await new Kvm(nc).open(JOBS);
    const jobs: FleetStatus['jobs'] = [];
    for await (const job of await keys.keys()) {
      const state = jobState.safeParse((await keys.get(job))?.json()).data;
      if (state) jobs.push({ job, ...state });
    }
    await delay(KEYS);
    return { workers: roster.workers, jobs, queued: sum('num_pending'), playing: sum('num_ack_pending') };
  } finally {
    await nc.close();
  }
}
