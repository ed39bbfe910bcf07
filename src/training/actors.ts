import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { SearchSettings } from '../mcts/settings.js';
import { compiled } from '../paths.js';
import { type ActorTask, type ActorTimes, STOP } from './actor.js';
import type { Network } from './network.js';
import type { FinishedGame } from './replayBuffer.js';

export interface SelfPlayJob {
  network: Network;
  weights: Float32Array;
  search: SearchSettings;
  /** Games side by side in each worker. */
  parallel: number;
  seed: number;
  iteration: number;
  /** Numbers of the games to play. */
  games: number[];
  onGame: (game: FinishedGame) => void;
  signal?: AbortSignal;
}

/** A pool of worker threads. */
export function createWorkers(threads: number): Piscina {
  return new Piscina({ minThreads: threads, maxThreads: threads });
}

/**
 * Plays games on every worker of the pool. Actors take game after game from a shared list, so that they end together.
 * When aborted, the games that have not ended are given up. An actor that fails stops the others and fails the job.
 */
export async function selfPlay(workers: Piscina, job: SelfPlayJob): Promise<ActorTimes[]> {
  const { network, onGame, signal } = job;
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const stop = () => Atomics.store(shared, STOP, 1);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const act = async (): Promise<ActorTimes> => {
    const { port1, port2 } = new MessageChannel();
    const allReceived = new Promise<void>((resolve, reject) => {
      port1.on('message', (game: FinishedGame | null) => {
        try {
          if (game === null) resolve();
          else onGame(game);
        } catch (error) {
          reject(error);
        }
      });
    });
    const task: ActorTask = {
      players: network.players,
      shape: network.shape,
      weights: job.weights,
      search: job.search,
      parallel: job.parallel,
      seed: job.seed,
      iteration: job.iteration,
      games: Int32Array.from(job.games),
      shared,
      port: port2,
    };
    try {
      const played = workers.run(task, { filename: compiled('training/actor.js'), transferList: [port2] });
      const [times] = await Promise.all([played as Promise<ActorTimes>, allReceived]);
      return times;
    } catch (error) {
      stop();
      throw error;
    } finally {
      port1.close();
    }
  };
  try {
    return await Promise.all(Array.from({ length: workers.options.maxThreads }, act));
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
