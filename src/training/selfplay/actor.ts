/** The worker thread's side of self-play: see actors.ts. */
import type { MessagePort } from 'node:worker_threads';
import { AzulGame } from '../../mcts/azul.js';
import type { SearchSettings } from '../../mcts/settings.js';
import type { Device } from '../../network/devices.js';
import type { Precision } from '../../network/inference.js';
import { Network, type NetworkShape } from '../../network/network.js';
import { openEvaluator } from '../../network/onnxInference.js';
import { type PlayoutCap, playGames, type SelfPlayTimes } from './selfPlay.js';

/** Places in the array that all actors of an iteration share. */
export const NEXT = 0;
export const STOP = 1;

export interface ActorTask {
  players: number;
  shape: NetworkShape;
  weights: Float32Array;
  device?: Device;
  precision?: Precision;
  search: SearchSettings;
  cap?: PlayoutCap;
  valueLambda?: number;
  parallel: number;
  seed: number;
  iteration: number;
  /** The numbers of the games to play; actors take the one at index NEXT of `shared` and count that up. */
  games: Int32Array;
  shared: Int32Array;
  /** Takes the finished games, and null after the last. */
  port: MessagePort;
}

/** The times of an actor, with the part of `evaluate` that ONNX Runtime took. */
export interface ActorTimes extends SelfPlayTimes {
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
