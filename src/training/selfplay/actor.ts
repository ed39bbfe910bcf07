/** Self-play inside a worker thread. actors.ts starts it. */
import type { MessagePort } from 'node:worker_threads';
import { AzulGame } from '../../mcts/azul.js';
import { Network, type NetworkShape } from '../../network/network.js';
import { openEvaluator } from '../../network/onnxInference.js';
import type { SelfPlayJob } from './job.js';
import { playGames, type SelfPlayTimes } from './selfPlay.js';

/** Indices into the array that all actors of a job share. */
export const NEXT = 0;
export const STOP = 1;

/** A self-play job in the form that is sent to a worker thread. */
export interface ActorTask extends Omit<SelfPlayJob, 'network' | 'games' | 'onGame' | 'onRefused' | 'signal'> {
  players: number;
  shape: NetworkShape;
  /** Numbers of the games to play. An actor takes the one at index `shared[NEXT]` and increments the index. */
  games: Int32Array;
  shared: Int32Array;
  /** Port that receives the finished games, then null. */
  port: MessagePort;
}

/** Counts and times of one actor. */
export interface ActorTimes extends SelfPlayTimes {
  /** Time that ONNX Runtime took within `evaluate`, in milliseconds. */
  network: number;
}

export default async function act(task: ActorTask): Promise<ActorTimes> {
  const { players, games, shared, port } = task;
  const model = { network: new Network(players, task.shape), weights: task.weights };
  const evaluator = await openEvaluator(model, task);
  try {
    const times = await playGames({
      ...task,
      game: new AzulGame(players),
      evaluator,
      nextGame: () => games[Atomics.add(shared, NEXT, 1)] ?? -1,
      stop: () => Atomics.load(shared, STOP) !== 0,
      onGame: (game) => port.postMessage(game),
    });
    return { ...times, network: evaluator.networkMilliseconds };
  } finally {
    await evaluator.close();
    port.postMessage(null);
    port.close();
  }
}
