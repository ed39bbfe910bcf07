import type { Random } from '../../game/random.js';
import type { AzulGame } from '../../mcts/azul.js';
import { Encoder } from '../../network/encoding.js';
import type { Network } from '../../network/network.js';
import { type Batch, emptyBatch } from './batch.js';
import { RecordDecoder } from './positionRecord.js';
import type { ReplayBuffer } from './replayBuffer.js';
import { type DrawSettings, ReplayWindow, type ReuseStatistics, type WindowState } from './replayWindow.js';

/** Settings of how batches are drawn and of their targets. */
export interface SamplerSettings extends DrawSettings {
  batchSize: number;
  /** Min number of positions in the window before sampling starts. Held-out positions count. */
  minPositions: number;
  /** Fraction of a value target that comes from search values. The rest comes from the game's outcome. */
  searchValueWeight: number;
}

/** State from which a sampler continues exactly, on the same buffer. */
export interface SamplerState extends WindowState {
  random: number[];
}

/**
 * Draws batches with replacement from a window of the newest games. All positions are equally likely, unless the
 * settings weight them. `sampleBatch` never draws held-out games; `validationBatches` returns them.
 */
export class BatchSampler {
  private readonly decoder: RecordDecoder;
  private readonly batch: Batch;
  private readonly window: ReplayWindow;

  constructor(
    private readonly buffer: ReplayBuffer,
    game: AzulGame,
    private readonly network: Network,
    private readonly settings: SamplerSettings,
    private readonly random: Random,
  ) {
    this.decoder = new RecordDecoder(game, new Encoder(game.players));
    this.batch = emptyBatch(network, settings.batchSize);
    this.window = new ReplayWindow(buffer, settings);
  }

  /**
   * Moves the window to the newest games up to `iteration` that together hold at least `positions` positions, or to all
   * games if they hold fewer. Returns the number of training positions in the iterations since the last move.
   */
  moveWindow(iteration: number, positions: number): number {
    return this.window.move(iteration, positions);
  }

  /** Whether `moveWindow` or `restore` has set a window. */
  get hasWindow(): boolean {
    return this.window.isSet;
  }

  /** Number of training positions in the window. */
  get positions(): number {
    return this.window.positions;
  }

  /** Positions in the window's held-out games. */
  get heldOutPositions(): number {
    return this.window.heldOutPositions;
  }

  /** Number of the oldest game in the window, held out or not; 0 if the window is empty. */
  get oldestGame(): number {
    return this.window.oldestGame;
  }

  /** Statistics of how often positions were drawn. */
  get reuse(): ReuseStatistics {
    return this.window.reuse();
  }

  /** Whether the window holds enough positions to sample from. */
  get isReady(): boolean {
    return this.positions > 0 && this.positions + this.heldOutPositions >= this.settings.minPositions;
  }

  /**
   * Draws a batch of `batchSize` positions. It is valid until the next call. Null while the window holds too few
   * positions.
   */
  sampleBatch(): Batch | null {
    if (!this.isReady) return null;
    for (let row = 0; row < this.batch.size; row++) {
      const { game, place } = this.window.draw(this.random);
      this.decode(game, place, this.batch, row);
    }
    return this.batch;
  }

  /**
   * Yields up to `limit` positions of the window's held-out games, or of its training games, in batches of up to
   * `batchSize`. The positions are spread evenly over those games. Each batch is valid until the next batch or the next
   * call. These positions do not count as drawn.
   */
  *validationBatches(limit: number, games: 'heldOut' | 'training' = 'heldOut'): Generator<Batch> {
    const all = games === 'heldOut' ? this.window.heldOut : this.window.games;
    const total = games === 'heldOut' ? this.heldOutPositions : this.positions;
    const count = Math.min(limit, total);
    let index = 0;
    let start = 0;
    for (let from = 0; from < count; from += this.batch.size) {
      const size = Math.min(this.batch.size, count - from);
      const batch = size === this.batch.size ? this.batch : emptyBatch(this.network, size);
      for (let row = 0; row < size; row++) {
        const position = Math.floor(((from + row) * total) / count);
        while (position >= start + all[index]!.positions) start += all[index++]!.positions;
        this.decode(all[index]!.number, position - start, batch, row);
      }
      yield batch;
    }
  }

  private decode(game: number, place: number, batch: Batch, row: number): void {
    this.decoder.decode(this.buffer.record(game, place), this.settings.searchValueWeight, batch, row);
  }

  /** Returns the state for `restore`. */
  save(): SamplerState {
    return { ...this.window.save(), random: this.random.save() };
  }

  /** Restores a saved state, on the same buffer. Throws a ReplayBufferError if the buffer holds other games. */
  restore({ random, ...window }: SamplerState): void {
    this.window.restore(window);
    this.random.restore(random);
  }
}
