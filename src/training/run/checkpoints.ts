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

/** State from which a run or a fit continues, without its games. */
export interface Checkpoint {
  /** Number of finished iterations, or of finished epochs. */
  iteration: number;
  network: Network;
  /** Weights that training changes. */
  weights: Float32Array;
  /** Moving average of the weights, which plays in their place; undefined if the run keeps none. */
  average: Float32Array | undefined;
  optimizer: OptimizerState;
  schedule: ScheduleState;
  /** Loss scale, if the run trains in half precision. */
  lossScale?: LossScaleState | undefined;
  /**
   * State of the sampler: its random numbers and how often it drew each position. Self-play needs no such state,
   * because the run's seed and a game's number determine its random numbers.
   */
  sampler: SamplerState;
  /** Number of the oldest game in the replay window. */
  replayFrom: number;
  /** Iterations of earlier checkpoints that the run needs when it continues from this one. */
  needs: number[];
  config: Config;
  /** Metrics of the last iteration. */
  statistics: IterationMetrics | undefined;
  /** All epochs so far, if the checkpoint is from a fit. */
  epochs?: readonly Epoch[];
}

/** Returns the weights that play: the average if there is one. */
export function playingWeights({ weights, average }: Checkpoint): Float32Array {
  return average ?? weights;
}

/** The fields of a checkpoint that are kept as JSON. */
interface Manifest extends Omit<Checkpoint, 'network' | 'weights' | 'average' | 'optimizer' | 'sampler'> {
  sampler: Omit<SamplerState, 'uses'>;
  optimizer: Pick<OptimizerState, 'name' | 'step'>;
  /**
   * Names of the arrays in the file of arrays, in their order: `weights`, `average` if there is one, the optimizer's
   * slots.
   */
  arrays: string[];
  /** SHA-256 of the other files, by name. */
  checksums: Record<string, string>;
  /** Time when the checkpoint was written, in ISO 8601. Older versions wrote none. */
  savedAt?: string;
  /** Score that was given to `save`. */
  score?: number;
}

/** When a manager saves, and which scores are better. */
export interface CheckpointSettings {
  /** Iterations between two checkpoints (`shouldSave`). Default 1. */
  every?: number;
  /**
   * Which scores are better: high ones, such as an accuracy (`max`), or low ones, such as a loss (`min`). Default
   * `max`.
   */
  mode?: Mode;
}

/** Options of `save`. */
export interface SaveOptions {
  /** Score of the checkpoint. The checkpoint with the best score is kept as the best. */
  score?: number;
  /** Called once for each old checkpoint that can't be removed. */
  onWarning?: (message: string) => void;
}

/** An entry in the list of checkpoints. */
export interface CheckpointEntry {
  iteration: number;
  savedAt: Date;
  /** Score that was given to `save`, or else to `markBest` if this is the best checkpoint. */
  score: number | undefined;
  /** Total size of its files, in bytes. */
  bytes: number;
  /** Whether this is the best checkpoint. */
  best: boolean;
}

const ARRAYS = 'training.bin';
const USES = 'uses.bin';

/** An undamaged checkpoint of another version of the program. */
class OtherCheckpointError extends CheckpointError {
  constructor(path: string) {
    super(
      `the checkpoint ${path} was written by another version of azul; continue with that version, or start another run`,
    );
  }
}

/**
 * The checkpoints of a run, each in a folder. A folder holds an ONNX model to play with. It holds the state of
 * training: the weights, the optimizer's state and the number of draws of each position in the window. A manifest has
 * the rest and the checksums. A checkpoint appears whole or not at all: it is written under a temporary name, synced
 * and renamed.
 */
export class CheckpointManager extends CheckpointFolder {
  /** Iterations of old checkpoints that can't be removed. */
  private readonly stuck = new Set<number>();

  constructor(
    folder: string,
    /** Number of newest checkpoints to keep, besides the best one and those that the newest ones need. */
    private readonly keep: number,
    private readonly settings: CheckpointSettings = {},
  ) {
    super(folder);
  }

  /** Whether `iteration` is a multiple of the setting `every`. */
  shouldSave(iteration: number): boolean {
    return iteration % (this.settings.every ?? 1) === 0;
  }

  /**
   * Writes a checkpoint, then removes the oldest ones beyond those to keep. Returns the checkpoint's folder. The
   * checkpoint becomes the best if its score is better than that of the best one. Throws a CheckpointError if it can't
   * be written.
   */
  save(checkpoint: Checkpoint, { score, onWarning = () => {} }: SaveOptions = {}): string {
    const { network, weights, average, optimizer, sampler, ...rest } = checkpoint;
    const { uses, ...sampling } = sampler;
    const arrays = { weights, ...(average && { average }), ...optimizer.slots };
    const temporary = join(this.folder, 'unfinished');
    try {
      rmSync(temporary, { recursive: true, force: true });
      // Makes only this folder, not those above it: the folder of the run may have been moved.
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

  /** Returns all checkpoints, oldest first. Throws a CheckpointError if a manifest is damaged. */
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

  /**
   * Removes old checkpoints. Keeps the newest ones up to iteration `newest`. Later ones are damaged or belong to a
   * history that was given up.
   */
  private rotate(onWarning: (message: string) => void, newest = Number.POSITIVE_INFINITY): void {
    const iterations = this.iterations();
    const kept = new Set(iterations.filter((iteration) => iteration <= newest).slice(-this.keep));
    try {
      const best = this.best();
      for (const iteration of [...kept]) for (const needed of this.manifest(iteration).needs) kept.add(needed);
      if (best) kept.add(best.iteration);
    } catch {
      // A damaged file hides which checkpoints are needed. All stay until it has been replaced.
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

  /** Marks a saved checkpoint as the best, even if the one before had a better score. */
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
   * Returns the newest checkpoint that is whole; undefined if there are no checkpoints. Calls `onDamaged` for each
   * newer one that is damaged. Throws a CheckpointError if none is whole, or if it comes to one that another version of
   * the program wrote.
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

  /**
   * Returns the weights that a checkpoint plays with. Reads only its model and manifest, so damage to the other files
   * does not matter. Throws a CheckpointError if the weights are damaged.
   */
  playingWeights(iteration: number): Float32Array {
    const path = this.modelPath(iteration);
    const bytes = this.read(iteration, MODEL);
    checkModel(path, bytes);
    return decodeNetwork(bytes, path).weights;
  }

  /** Reads and checks one checkpoint. Throws a CheckpointError that says what is wrong with it. */
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
