import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sealed, sha256, syncFolder, writeSynced, writeWhole } from '../../files.js';
import type { Network } from '../../network/network.js';
import { decodeNetwork, encodeNetwork, OtherVersionError } from '../../network/onnxModel.js';
import {
  BEST,
  CheckpointError,
  CheckpointFolder,
  checkModel,
  MANIFEST,
  MODEL,
  readSealed,
} from '../../runs/checkpointFolder.js';
import type { Config } from '../config/schema.js';
import type { SamplerState } from '../data/batchSampler.js';
import { improves, type Mode } from '../step/earlyStopping.js';
import type { LossScaleState } from '../step/lossScale.js';
import type { OptimizerState } from '../step/optimizer.js';
import type { ScheduleState } from '../step/schedule.js';
import type { Epoch, IterationMetrics } from './metrics.js';

/** What a run or a fit needs to go on, besides its games. */
export interface Checkpoint {
  /** Iterations finished, or epochs. */
  iteration: number;
  network: Network;
  /** As they are trained. */
  weights: Float32Array;
  /** Their moving average, which plays; undefined where the run keeps none. */
  average: Float32Array | undefined;
  optimizer: OptimizerState;
  schedule: ScheduleState;
  /** Factor of the loss, if the run trains in half precision. */
  lossScale?: LossScaleState | undefined;
  /** What the sampler draws next, and has drawn. Self-play's chance is made from the seed and the game's number. */
  sampler: SamplerState;
  /** The oldest game in the replay window. */
  replayFrom: number;
  /** Iterations of earlier checkpoints that the run will need when it goes on from here. */
  needs: number[];
  config: Config;
  /** The last iteration's metrics. */
  statistics: IterationMetrics | undefined;
  /** All epochs so far, where a fit saves itself. */
  epochs?: readonly Epoch[];
}

/** The weights that play: the average where there is one. */
export function playingWeights({ weights, average }: Checkpoint): Float32Array {
  return average ?? weights;
}

/** The part of a checkpoint that is kept as JSON. */
interface Manifest extends Omit<Checkpoint, 'network' | 'weights' | 'average' | 'optimizer' | 'sampler'> {
  sampler: Omit<SamplerState, 'uses'>;
  optimizer: Pick<OptimizerState, 'name' | 'step'>;
  /** What is in the file of arrays, in this order: `weights`, perhaps `average`, the optimizer's slots. */
  arrays: string[];
  /** SHA-256 of the other files, by name. */
  checksums: Record<string, string>;
  /** When it was written, ISO 8601. Older versions wrote none. */
  savedAt?: string;
  /** The score that it was saved with. */
  score?: number;
}

/** When a manager saves, and what is best. */
export interface CheckpointSettings {
  /** Iterations between two checkpoints (`shouldSave`). Default 1. */
  every?: number;
  /** Whether a higher score is better, as of an accuracy, or a lower one, as of a loss. Default `max`. */
  mode?: Mode;
}

/** What may be given with a checkpoint. */
export interface SaveOptions {
  /** How good it is. The checkpoint with the best score is kept as the best. */
  score?: number;
  /** Called once for each old checkpoint that can't be removed. */
  onWarning?: (message: string) => void;
}

/** A line of the listing of checkpoints. */
export interface CheckpointEntry {
  iteration: number;
  savedAt: Date;
  /** The score that it was saved with, or the Elo with which it was marked as the best. */
  score: number | undefined;
  /** Size of its files. */
  bytes: number;
  /** Whether it is the best. */
  best: boolean;
}

const ARRAYS = 'training.bin';
const USES = 'uses.bin';

/** A checkpoint that is whole, but not of this version of the program. */
class OtherCheckpointError extends CheckpointError {
  constructor(path: string) {
    super(
      `the checkpoint ${path} was written by another version of azul; continue with that version, or start another run`,
    );
  }
}

/**
 * The checkpoints of a run, a folder each: an ONNX model to play with; to train on with, the weights, the optimizer's
 * memory and how often each position of the window was drawn; and a manifest with the rest and the checksums. A
 * checkpoint appears whole or not at all: it is written under another name, synced, renamed.
 */
export class CheckpointManager extends CheckpointFolder {
  /** Iterations of old checkpoints that can't be removed. */
  private readonly stuck = new Set<number>();

  constructor(
    folder: string,
    /** Newest checkpoints that stay, besides the best one and those that they need. */
    private readonly keep: number,
    private readonly settings: CheckpointSettings = {},
  ) {
    super(folder);
  }

  /** Whether an iteration is one of every n that are saved. */
  shouldSave(iteration: number): boolean {
    return iteration % (this.settings.every ?? 1) === 0;
  }

  /**
   * Writes a checkpoint, then removes the oldest ones beyond those to keep. Returns its folder. With a score better than the
   * best checkpoint's it becomes the best. A CheckpointError if it can't be written.
   */
  save(checkpoint: Checkpoint, { score, onWarning = () => {} }: SaveOptions = {}): string {
    const { network, weights, average, optimizer, sampler, ...rest } = checkpoint;
    const { uses, ...sampling } = sampler;
    const arrays = { weights, ...(average && { average }), ...optimizer.slots };
    const temporary = join(this.folder, 'unfinished');
    try {
      rmSync(temporary, { recursive: true, force: true });
      // The folder alone, and none above it: that of the run may have been moved.
      if (!existsSync(this.folder)) mkdirSync(this.folder);
      mkdirSync(temporary);
      const files = {
        [MODEL]: encodeNetwork(network, playingWeights(checkpoint)),
        [ARRAYS]: Buffer.concat(Object.values(arrays).map(bytesOf)),
        [USES]: bytesOf(uses),
      };
      const checksums: Record<string, string> = {};
      for (const [name, bytes] of Object.entries(files)) {
        checksums[name] = sha256(bytes);
        writeSynced(join(temporary, name), bytes);
      }
      const { name, step } = optimizer;
      const noted = { optimizer: { name, step }, arrays: Object.keys(arrays), sampler: sampling };
      const manifest: Manifest = { ...rest, ...noted, checksums, savedAt: new Date().toISOString(), score };
      writeSynced(join(temporary, MANIFEST), sealed(manifest));
      const target = this.path(checkpoint.iteration);
      rmSync(target, { recursive: true, force: true });
      renameSync(temporary, target);
      syncFolder(this.folder);
    } catch (error) {
      throw unwritable(this.folder, error);
    }
    const { iteration } = checkpoint;
    if (score !== undefined && improves(score, this.best()?.score ?? null, this.settings.mode ?? 'max', 0)) {
      this.markBest(iteration, score, onWarning);
    }
    this.rotate(onWarning, iteration);
    return this.path(iteration);
  }

  /** All checkpoints, oldest first; a CheckpointError if a manifest is damaged. */
  list(): CheckpointEntry[] {
    const best = this.best();
    return this.iterations().map((iteration) => {
      const folder = this.path(iteration);
      const { savedAt, score } = this.manifest(iteration);
      const isBest = best?.iteration === iteration;
      return {
        iteration,
        savedAt: savedAt ? new Date(savedAt) : statSync(join(folder, MANIFEST)).mtime,
        score: score ?? (isBest ? best.score : undefined),
        bytes: readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
        best: isBest,
      };
    });
  }

  /** Keeps the newest up to an iteration: what is beyond the one just saved is damaged, or of a history that was given up. */
  private rotate(onWarning: (message: string) => void, newest = Number.POSITIVE_INFINITY): void {
    const iterations = this.iterations();
    const kept = new Set(iterations.filter((iteration) => iteration <= newest).slice(-this.keep));
    try {
      const best = this.best();
      for (const iteration of [...kept]) for (const needed of this.manifest(iteration).needs) kept.add(needed);
      if (best) kept.add(best.iteration);
    } catch {
      // Damaged: nobody knows what is needed, so all stay until what is damaged has been replaced.
      return;
    }
    for (const iteration of iterations) {
      if (kept.has(iteration)) continue;
      try {
        rmSync(this.path(iteration), { recursive: true, force: true });
      } catch (error) {
        if (this.stuck.has(iteration)) continue;
        this.stuck.add(iteration);
        onWarning(
          `the old checkpoint ${this.path(iteration)} can't be removed (${(error as Error).message}); it stays`,
        );
      }
    }
  }

  /** Marks a saved checkpoint as the best, whatever the score of the one before. */
  markBest(iteration: number, score: number, onWarning: (message: string) => void = () => {}): void {
    const path = join(this.folder, BEST);
    try {
      writeWhole(path, sealed({ iteration, score }));
      syncFolder(this.folder);
    } catch (error) {
      throw unwritable(path, error);
    }
    this.rotate(onWarning);
  }

  /**
   * The newest checkpoint that is whole; `onDamaged` hears of newer ones that are not. Undefined if there is none at
   * all; if none is whole, the CheckpointError of the oldest, or of the newest that another version wrote.
   */
  latest(onDamaged: (message: string) => void): Checkpoint | undefined {
    const iterations = this.iterations().reverse();
    for (const [i, iteration] of iterations.entries()) {
      try {
        return this.load(iteration);
      } catch (error) {
        if (error instanceof OtherCheckpointError) throw error;
        if (i === iterations.length - 1) {
          throw new CheckpointError(`${(error as Error).message}; restore it, or start another run`);
        }
        onDamaged(`${(error as Error).message}; going back to the checkpoint before it`);
      }
    }
    return undefined;
  }

  /** The weights that a checkpoint plays with, whatever has become of the rest of it; a CheckpointError if they are damaged. */
  playingWeights(iteration: number): Float32Array {
    const path = this.modelPath(iteration);
    const bytes = this.read(iteration, MODEL);
    checkModel(path, bytes);
    return decodeNetwork(bytes, path).weights;
  }

  /** Reads and checks one checkpoint; a CheckpointError says what is wrong with it. */
  load(iteration: number): Checkpoint {
    const read = (name: string) => this.read(iteration, name);
    const manifest = this.manifest(iteration);
    for (const [name, checksum] of Object.entries(manifest.checksums)) {
      if (sha256(read(name)) !== checksum)
        throw new CheckpointError(`${join(this.path(iteration), name)} is damaged: its checksum is wrong`);
    }
    if (!manifest.arrays || !manifest.sampler) throw new OtherCheckpointError(this.path(iteration));
    const { optimizer, arrays, checksums: _checksums, savedAt: _savedAt, score: _score, ...rest } = manifest;
    const network = this.network(iteration);
    const values = new Float32Array(new Uint8Array(read(ARRAYS)).buffer);
    const array = (i: number) => values.slice(i * network.size, (i + 1) * network.size);
    const { weights, average, ...slots } = Object.fromEntries(arrays.map((name, i) => [name, array(i)]));
    const sampler = { ...rest.sampler, uses: new Uint32Array(new Uint8Array(read(USES)).buffer) };
    return { ...rest, sampler, network, weights: weights!, average, optimizer: { ...optimizer, slots } };
  }

  private network(iteration: number): Network {
    try {
      return decodeNetwork(this.read(iteration, MODEL), this.modelPath(iteration)).network;
    } catch (error) {
      throw error instanceof OtherVersionError ? new OtherCheckpointError(this.path(iteration)) : error;
    }
  }

  private manifest(iteration: number): Manifest {
    const text = this.read(iteration, MANIFEST).toString('utf8');
    return readSealed(join(this.path(iteration), MANIFEST), text) as Manifest;
  }

  private read(iteration: number, name: string): Buffer {
    try {
      return readFileSync(join(this.path(iteration), name));
    } catch (error) {
      throw new CheckpointError(`the checkpoint ${this.path(iteration)} can't be read: ${(error as Error).message}`);
    }
  }
}

function unwritable(path: string, error: unknown): CheckpointError {
  return new CheckpointError(
    `cannot write a checkpoint to ${path}: ${(error as Error).message}; make room or permit writing, then resume`,
  );
}

function bytesOf(array: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
