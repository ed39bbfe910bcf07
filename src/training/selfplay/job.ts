import type { SearchSettings } from '../../mcts/settings.js';
import type { Device } from '../../network/devices.js';
import type { Precision } from '../../network/inference.js';
import type { Network } from '../../network/network.js';
import type { FinishedGame } from '../data/replayBuffer.js';

/**
 * Games of self-play to play, and how. What changes the games has no default, because a forgotten value
 * would only show in weaker play.
 */
export interface SelfPlayJob {
  network: Network;
  weights: Float32Array;
  /** Device that computes the network. */
  device: Device;
  precision: Precision;
  search: SearchSettings;
  /** λ of the value targets (gameRecords.ts). */
  valueLambda: number;
  /** Games side by side in each worker. */
  parallel: number;
  /** Seed of the run. With a game's number it decides the game's deals and the noise of its searches. */
  seed: number;
  /** Iteration that the games belong to. */
  iteration: number;
  /** Numbers of the games to play. */
  games: readonly number[];
  /** Takes each game as it ends, in any order. */
  onGame: (game: FinishedGame) => void;
  /** Takes back the games of a worker that proved false, and returns their numbers; they are played again. */
  onRefused?: (worker: string) => readonly number[];
  /** Ends the job; games under way are lost. */
  signal?: AbortSignal;
}
