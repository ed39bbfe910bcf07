import { usableThreads } from '../../network/devices.js';
import { allOf, runJob, type Workers, whenAborted } from '../../players/workers.js';
import type { FinishedGame } from '../data/replayBuffer.js';
import { type ActorTask, type ActorTimes, STOP } from './actor.js';
import type { SelfPlayJob } from './job.js';

/**
 * Plays games on all workers of the pool, or on one worker if the device allows only one. Actors take their games from
 * a shared list, so they all end at about the same time. An abort drops the games under way. If one actor fails, the
 * others stop and the job fails.
 */
export async function selfPlay(workers: Workers, job: SelfPlayJob): Promise<ActorTimes[]> {
  const { network, games, onGame, onRefused: _, signal, ...how } = job;
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const stop = () => Atomics.store(shared, STOP, 1);
  const { players, shape } = network;
  const task: Omit<ActorTask, 'port'> = { ...how, players, shape, games: Int32Array.from(games), shared };
  const actor = { module: 'training/selfplay/actor.js', task, onMessage: onGame, stop };
  const ignoreAbort = whenAborted(signal, stop);
  try {
    const length = usableThreads(workers.threads, [job.device]);
    return await allOf(Array.from({ length }, () => runJob<FinishedGame, ActorTimes>(workers, actor)));
  } finally {
    ignoreAbort();
  }
}
