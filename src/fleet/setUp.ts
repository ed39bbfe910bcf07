import { AckPolicy, DiscardPolicy, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { JOBS, KINDS, type Kind, REFUSED, RESULTS, WORK, WORKERS, workSubject } from './names.js';
import { WeightStore } from './weights.js';

/** Milliseconds after its owner's last sign of life at which a key expires. */
export const LIFE = 20_000;
/** Milliseconds between two signs of life. */
export const BEAT = 5000;
/** Milliseconds after which work is offered again, unless its worker extends this deadline. */
const WORK_DEADLINE = 15_000;
/** Milliseconds after which a result is delivered again, unless the learner extends this deadline. */
const RESULT_DEADLINE = 30_000;
const DAY = 24 * 3600 * 1000;
/** Max number of unacknowledged messages, and of waiting requests for work. */
const MANY = 100_000;

/** Creates the streams, buckets and shared consumers of a fleet (docs/fleet.md), if they are missing. */
export async function setUp(nc: NatsConnection): Promise<void> {
  const jsm = await jetstreamManager(nc);
  const queue = { retention: RetentionPolicy.Workqueue, max_age: nanos(DAY), discard: DiscardPolicy.New };
  await jsm.streams.add({ ...queue, name: WORK, subjects: ['azul.work.>'] });
  await jsm.streams.add({ ...queue, name: RESULTS, subjects: KINDS.map((kind) => `azul.${kind}.>`) });
  for (const kind of KINDS) {
    await jsm.consumers.add(WORK, {
      durable_name: kind,
      filter_subject: workSubject(kind, '*', '*'),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(WORK_DEADLINE),
      max_ack_pending: MANY,
      max_waiting: MANY,
    });
  }
  const kvm = new Kvm(nc);
  for (const bucket of [JOBS, WORKERS]) await kvm.create(bucket, { ttl: LIFE, history: 1 });
  await kvm.create(REFUSED, { history: 1 });
  await WeightStore.open(nc, true);
}

/** Creates the consumer of a job's results of a kind, and returns its name. */
export async function setUpResults(nc: NatsConnection, kind: Kind, job: string): Promise<string> {
  const name = `${kind}_${job}`;
  const jsm = await jetstreamManager(nc);
  await jsm.consumers.add(RESULTS, {
    durable_name: name,
    filter_subject: `azul.${kind}.${job}.*`,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(RESULT_DEADLINE),
    max_ack_pending: MANY,
  });
  return name;
}
