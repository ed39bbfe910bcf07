import type { SearchSettings } from '../../mcts/settings.js';
import { type Device, usableThreads } from '../../network/devices.js';
import type { Precision } from '../../network/inference.js';
import type { Network } from '../../network/network.js';
import { allOf, runJob, type Workers, whenAborted } from '../../players/workers.js';
import type { FinishedGame } from '../data/replayBuffer.js';
import { type ActorTask, type ActorTimes, STOP } from './actor.js';
import type { PlayoutCap } from './selfPlay.js';

/** Games that the workers of a pool are to play. */
export interface SelfPlayJob {
  network: Network;
  weights: Float32Array;
  /** Where the network is computed; the cpu by default. */
  device?: Device;
  precision?: Precision;
  search: SearchSettings;
  cap?: PlayoutCap;
  /** λ of the search's part in the value targets (gameRecords.ts). */
  valueLambda?: number;
  /** Games side by side in each worker. */
  parallel: number;
  /** With a game's number, what its deals and searches depend on. */
  seed: number;
  /** The iteration that the games are counted to. */
  iteration: number;
  /** Numbers of the games to play. */
  games: number[];
  /** Takes the games as they end, in any order. */
  onGame: (game: FinishedGame) => void;
  signal?: AbortSignal;
}

/**
 * Plays games on every worker of the pool, or on one where the device allows no more. Actors take game after game from
 * a shared list, so that they end together. When aborted, the games that have not ended are given up. An actor that fails
 * stops the others and fails the job.
 */
export async function selfPlay(workers: Workers, job: SelfPlayJob): Promise<ActorTimes[]> {
  const { network, onGame, signal } = job;
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const stop = () => Atomics.store(shared, STOP, 1);
  const task: Omit<ActorTask, 'port'> = {
    players: network.players,
    shape: network.shape,
    weights: job.weights,
    device: job.device,
    precision: job.precision,
    search: job.search,
    cap: job.cap,
    valueLambda: job.valueLambda,
    parallel: job.parallel,
    seed: job.seed,
    iteration: job.iteration,
    games: Int32Array.from(job.games),
    shared,
  };
  const actor = { module: 'training/selfplay/actor.js', task, onMessage: onGame, stop };
  const ignoreAbort = whenAborted(signal, stop);
  try {
    const length = usableThreads(workers.threads, [job.device]);
    return await allOf(Array.from({ length }, () => runJob<FinishedGame, ActorTimes>(workers, actor)));
  } finally {
    ignoreAbort();
  }
}
