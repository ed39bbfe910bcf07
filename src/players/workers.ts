import '../network/noTelemetry.js';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { compiled } from '../paths.js';

/** A pool of worker threads, which runs compiled modules. */
export interface Workers {
  readonly threads: number;
  /** Calls the default export of a module, given by its path within src, with the task, on the next free thread. */
  run<Result>(module: string, task: object, transfer?: MessagePort[]): Promise<Result>;
  /** Ends the threads. */
  destroy(): Promise<void>;
}

/** Starts a pool of threads, which run until `destroy`. */
export function createWorkers(threads: number): Workers {
  const pool = new Piscina({ minThreads: threads, maxThreads: threads });
  return {
    threads,
    run: (module, task, transferList) => pool.run(task, { filename: compiled(module), transferList }),
    destroy: () => pool.destroy(),
  };
}

/** Work for one thread: a compiled module whose default export takes the task, and a port for its messages. */
export interface WorkerJob<Message> {
  /** Path of the module within src. */
  module: string;
  /** The module's argument, to which `port` is added. The module sends its messages there, and null after the last. */
  task: object;
  onMessage: (message: Message) => void;
  /** Called when the job fails. It must make the module end soon. */
  stop: () => void;
}

/** Runs a job on a worker of the pool. Returns the module's result once all its messages have arrived. */
export async function runJob<Message, Result>(workers: Workers, job: WorkerJob<Message>): Promise<Result> {
  const { port1, port2 } = new MessageChannel();
  const allReceived = new Promise<void>((resolve, reject) => {
    port1.on('message', (message: Message | null) => {
      if (message === null) return resolve();
      try {
        job.onMessage(message);
      } catch (error) {
        reject(error);
      }
    });
  });
  const task: { port: MessagePort } = { ...job.task, port: port2 };
  const done = workers.run<Result>(job.module, task, [port2]);
  try {
    const [result] = await Promise.all([done, allReceived]);
    return result;
  } catch (error) {
    job.stop();
    throw error;
  } finally {
    await Promise.allSettled([done]);
    port1.close();
  }
}

/**
 * Returns the results of all promises. If some reject, it throws the first error, but only once all promises have settled:
 * ending a thread during a call of ONNX Runtime ends the whole process.
 */
export async function allOf<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Calls `stop` when the signal aborts, or immediately if it is already aborted. Returns a function that stops listening. */
export function whenAborted(signal: AbortSignal | undefined, stop: () => void): () => void {
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  return () => signal?.removeEventListener('abort', stop);
}
