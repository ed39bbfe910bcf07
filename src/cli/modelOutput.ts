/** Model files as the output of commands. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeWhole } from '../files.js';
import { UsageError } from '../usageError.js';

/** A UsageError if the model file exists or can't be written, before any work is done. */
export function checkModelOutput(path: string): void {
  checkModelName(path);
  if (existsSync(path)) throw new UsageError(`${path} exists already; name another file with --out`);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}; name another file with --out`);
  }
}

/** Refuses a name that is none of a model. */
export function checkModelName(path: string): void {
  if (!path.endsWith('.onnx')) throw new UsageError(`--out ${path}: a model is a .onnx file`);
}

/** Writes a model file completely or not at all. */
export function writeModel(path: string, bytes: Uint8Array): void {
  try {
    writeWhole(path, bytes);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}; make room or permit writing, then start again`);
  }
}
