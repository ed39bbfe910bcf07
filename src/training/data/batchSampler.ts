import type { Random } from '../../game/random.js';
import type { AzulGame } from '../../mcts/azul.js';
import { Encoder } from '../../network/encoding.js';
import type { Network } from '../../network/network.js';
import { type Batch, emptyBatch } from './batch.js';
import { RecordDecoder } from './positionRecord.js';
import type { ReplayBuffer } from './replayBuffer.js';
import { type DrawSettings, ReplayWindow, type ReuseStatistics, type WindowState } from './replayWindow.js';

/** How batches are drawn and what their targets are. */
export interface SamplerSettings extends DrawSettings {
  batchSize: number;
  /** Fewest positions in the window to sample from, those held out included. */
  minPositions: number;
  /** Part of the value targets that comes from the search's values, the rest from the game's outcome. */
  searchValueWeight: number;
}

/** What a sampler needs to go on as it was, besides the buffer. */
export interface SamplerState extends WindowState {
  random: number[];
}

/**
 * Draws batches from a window of the newest games, with replacement: every position as likely as any other, unless the
 * settings weight them. Games that are held out are never drawn; they come in batches of their own.
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
   * Moves the window to the last games up to an iteration that hold so many positions, or all there are. Returns the
   * training positions of the iterations since the last move.
   */
  moveWindow(iteration: number, positions: number): number {
    return this.window.move(iteration, positions);
  }

  /** Whether `moveWindow` or `restore` has set a window. */
  get hasWindow(): boolean {
    return this.window.isSet;
  }

  /** Training positions in the window. */
  get positions(): number {
    return this.window.positions;
  }

  /** Positions of the window's games that are held out. */
  get heldOutPositions(): number {
    return this.window.heldOutPositions;
  }

  /** The oldest game in the window; 0 if it is empty. */
  get oldestGame(): number {
    return this.window.oldestGame;
  }

  /** How often positions were drawn. */
  get reuse(): ReuseStatistics {
    return this.window.reuse();
  }

  /** Whether the window holds enough to sample from. */
  get isReady(): boolean {
    return this.positions > 0 && this.positions + this.heldOutPositions >= this.settings.minPositions;
  }

  /** A batch of `batchSize` positions, valid until the next call; null while the window holds too few. */
  sampleBatch(): Batch | null {
    if (!this.isReady) return null;
    for (let row = 0; row < this.batch.size; row++) {
      const { game, place } = this.window.draw(this.random);
      this.decode(game, place, this.batch, row);
    }
    return this.batch;
  }

  /**
   * At most `limit` positions of the window's held-out games, or of its training games, spread evenly over all of them,
   * in batches of at most `batchSize`. Each batch is valid until the next one, or the next call. Nothing counts as drawn.
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

  /** What `restore` takes. */
  save(): SamplerState {
    return { ...this.window.save(), random: this.random.save() };
  }

  /** Takes up a saved state on the same buffer; a ReplayBufferError says if it is another one. */
  restore({ random, ...window }: SamplerState): void {
    this.window.restore(window);
    this.random.restore(random);
  }
}
