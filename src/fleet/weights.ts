import { Objm } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { sha256 } from '../files.js';
import { WEIGHTS } from './names.js';

/** Weights on the server that are missing, damaged or can't be fetched. */
export class WeightsError extends Error {
  override name = 'WeightsError';

  constructor(
    readonly hash: string,
    fault: string,
  ) {
    super(`the weights ${hash.slice(0, 12)} ${fault}`);
  }
}

type ObjectStore = Awaited<ReturnType<Objm['open']>>;

/** Max milliseconds for fetching an object. */
const TIMEOUT = 60_000;

/** Weights of networks, stored as objects on the server. An object's name is the job and the SHA-256 of the bytes. */
export class WeightStore {
  private constructor(private readonly store: ObjectStore) {}

  /** Opens the store. With `make`, it is created if it does not exist. */
  static async open(nc: NatsConnection, make = false): Promise<WeightStore> {
    const manager = new Objm(nc);
    return new WeightStore(make ? await manager.create(WEIGHTS) : await manager.open(WEIGHTS));
  }

  /** Stores weights, and replaces any object of the same name. */
  async put(job: string, weights: Float32Array, hash = hashOf(weights)): Promise<void> {
    await this.store.putBlob({ name: objectName(job, hash) }, bytesOf(weights));
  }

  /** Fetches weights. Throws a WeightsError if they can't be fetched in time or do not match the hash. */
  async get(job: string, hash: string): Promise<Float32Array> {
    let late: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new WeightsError(hash, 'did not come in time')), TIMEOUT);
    });
    const fetched = this.store.getBlob(objectName(job, hash)).catch((error: Error) => {
      throw new WeightsError(hash, `can't be fetched: ${error.message}`);
    });
    try {
      const bytes = await Promise.race([fetched, timeout]);
      if (!bytes) throw new WeightsError(hash, 'are missing');
      if (sha256(bytes) !== hash) throw new WeightsError(hash, 'are damaged');
      return new Float32Array(Uint8Array.from(bytes).buffer);
    } finally {
      clearTimeout(late);
      fetched.catch(() => {});
    }
  }

  /** Hashes of a job's stored weights. */
  async hashesOf(job: string): Promise<string[]> {
    const objects = (await this.store.list()).filter(({ name, deleted }) => !deleted && name.startsWith(`${job}/`));
    return objects.map(({ name }) => name.slice(job.length + 1));
  }

  /** Deletes all weights of a job except the given ones. */
  async keepOnly(job: string, hashes: readonly string[]): Promise<void> {
    for (const hash of await this.hashesOf(job)) {
      if (!hashes.includes(hash)) await this.store.delete(objectName(job, hash));
    }
  }
}

/** The SHA-256 of weights, in hexadecimal. */
export function hashOf(weights: Float32Array): string {
  return sha256(bytesOf(weights));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function objectName(job: string, hash: string): string {
  return `${job}/${hash}`;
}
