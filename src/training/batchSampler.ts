import type { Random } from '../game/random.js';
import type { AzulGame } from '../mcts/azul.js';
import { type Batch, emptyBatch } from './batch.js';
import { Encoder } from './encoding.js';
import type { Network } from './network.js';
import { RecordDecoder } from './positionRecord.js';
import type { ReplayBuffer } from './replayBuffer.js';

export interface SamplerSettings {
  batchSize: number;
  /** Fewest positions in the window to sample from. */
  minPositions: number;
  /** Part of the value targets that comes from the search's values, the rest from the game's outcome. */
  searchValueWeight: number;
}

/**
 * Draws batches from a window of the newest games, every position as likely as any other, with replacement. A draw
 * costs a binary search over the window's games and one look-up in the buffer, however large that is.
 */
export class BatchSampler {
  private readonly decoder: RecordDecoder;
  private readonly batch: Batch;
  private games: number[] = [];
  /** The positions of the window's games up to and including each. */
  private ends: number[] = [];

  constructor(
    private readonly buffer: ReplayBuffer,
    game: AzulGame,
    network: Network,
    private readonly settings: SamplerSettings,
    readonly random: Random,
  ) {
    this.decoder = new RecordDecoder(game, new Encoder(game.players));
    this.batch = emptyBatch(network, settings.batchSize);
  }

  /** Moves the window to the last games up to an iteration that hold so many positions, or all there are. */
  moveWindow(iteration: number, positions: number): void {
    this.games = [];
    this.ends = [];
    let end = 0;
    for (const game of this.buffer.newestGames(iteration, positions)) {
      end += game.positions;
      this.games.push(game.number);
      this.ends.push(end);
    }
  }

  /** Positions in the window. */
  get positions(): number {
    return this.ends.at(-1) ?? 0;
  }

  /** The oldest game in the window; 0 if it is empty. */
  get oldestGame(): number {
    return this.games[0] ?? 0;
  }

  /** A batch of `batchSize` positions, valid until the next call; null while the window holds too few. */
  sampleBatch(): Batch | null {
    if (this.positions < Math.max(1, this.settings.minPositions)) return null;
    for (let row = 0; row < this.batch.size; row++) {
      const draw = this.random.int(this.positions);
      const i = this.gameAt(draw);
      const place = draw - (i > 0 ? this.ends[i - 1]! : 0);
      const record = this.buffer.record(this.games[i]!, place);
      this.decoder.decode(record, this.settings.searchValueWeight, this.batch, row);
    }
    return this.batch;
  }

  /** Index of the game that holds the n-th position of the window. */
  private gameAt(n: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! > n) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
