import type { SearchSettings } from '../../mcts/settings.js';
import type { Device } from '../../network/devices.js';
import type { Precision } from '../../network/inference.js';
import type { Network } from '../../network/network.js';
import type { FinishedGame } from '../data/replayBuffer.js';

/**
 * Self-play games to play, and their settings. A setting that changes the games has no default, because a forgotten
 * value would only show as weaker play.
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
  /** Number of games that each worker plays side by side. */
  parallel: number;
  /** Seed of the run. Together with a game's number, it decides the game's deals and the noise of its searches. */
  seed: number;
  /** Iteration that the games belong to. */
  iteration: number;
  /** Numbers of the games to play. */
  games: readonly number[];
  /** Called with each finished game, in any order. */
  onGame: (game: FinishedGame) => void;
  /**
   * Called with the name of a fleet's machine that sent false games. Removes the games of that machine and returns
   * their numbers; they are played again.
   */
  onRefused?: (worker: string) => readonly number[];
  /** Ends the job. Games under way are lost. */
  signal?: AbortSignal;
}
