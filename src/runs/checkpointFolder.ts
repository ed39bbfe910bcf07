/** The checkpoints of a run as files: their iterations, and the paths of their models. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readJson, sha256, unsealed } from '../files.js';
import { ModelError } from '../network/onnxModel.js';

/** Names within the folder of a checkpoint. */
export const MODEL = 'model.onnx';
export const MANIFEST = 'checkpoint.json';
/** Name of the file beside the checkpoints that names the best one. */
export const BEST = 'best.json';

/** A checkpoint that can't be read or written. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
}

/** The folder with a run's checkpoints, for reading. */
export class CheckpointFolder {
  constructor(readonly folder: string) {}

  /** The checkpoint that was marked as the best, and its score; undefined if none was. Older versions called it elo. */
  best(): { iteration: number; score: number } | undefined {
    const path = join(this.folder, BEST);
    if (!existsSync(path)) return undefined;
    const { iteration, score, elo } = readSealed(path) as { iteration: number; score?: number; elo?: number };
    return { iteration, score: (score ?? elo)! };
  }

  /** Iterations that have a checkpoint, oldest first. */
  iterations(): number[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => /^\d{6,}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** The folder of an iteration's checkpoint, which need not exist. */
  path(iteration: number): string {
    return join(this.folder, String(iteration).padStart(6, '0'));
  }

  /** The model file of a checkpoint. */
  modelPath(iteration: number): string {
    return join(this.path(iteration), MODEL);
  }
}

/** Throws if a model file does not match the manifest beside it: that of a checkpoint, or of an export. */
export function checkModel(path: string, bytes: Uint8Array): void {
  const checkpoint = join(dirname(path), MANIFEST);
  if (basename(path) === MODEL && existsSync(checkpoint)) {
    const { checksums } = readSealed(checkpoint) as { checksums: Record<string, string> };
    if (checksums[MODEL] !== sha256(bytes))
      throw new CheckpointError(`${path} is damaged: its checksum is wrong; restore it`);
    return;
  }
  const manifest = path.replace(/(\.onnx)?$/, '.json');
  if (!existsSync(manifest)) return;
  let known: { sha256?: unknown } | null;
  try {
    known = readJson(manifest) as typeof known;
  } catch (error) {
    throw new ModelError(`cannot read the manifest ${manifest}: ${(error as Error).message}; restore or remove it`);
  }
  if (typeof known?.sha256 === 'string' && known.sha256 !== sha256(bytes)) {
    throw new ModelError(
      `${path} is not the model of its manifest ${manifest}: one of them is damaged; restore it, or remove the manifest if it is of another model`,
    );
  }
}

/** Reads the value in a sealed file. A CheckpointError if the file is damaged. */
export function readSealed(path: string, text = readFileSync(path, 'utf8')): unknown {
  const value = unsealed(text);
  if (value === undefined) throw new CheckpointError(`${path} is damaged: it is cut short or was changed`);
  return value;
}
