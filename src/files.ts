/** Files that are replaced in one step, and sealed files, which contain a checksum. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** Writes a file and waits until it is on the disk. */
export function writeSynced(path: string, data: string | Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Replaces a file with a new one in a single step. A failed write leaves the old file as it was, and nothing of the new one.
 */
export function writeWhole(path: string, data: string | Uint8Array): void {
  const unfinished = `${path}.unfinished`;
  try {
    writeSynced(unfinished, data);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Copies a damaged file to the first free name of `<path>.damaged`, `.damaged-2`, …, and returns that name. */
export function keepDamaged(path: string): string {
  for (let n = 1; ; n++) {
    const copy = `${path}.damaged${n === 1 ? '' : `-${n}`}`;
    try {
      copyFileSync(path, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Removes the byte order mark that some editors, mostly on Windows, put before a text. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/** Parses JSON text with or without a byte order mark. */
export function parseJson(text: string): unknown {
  return JSON.parse(withoutMark(text));
}

/** Reads a JSON file. */
export function readJson(path: string | URL): unknown {
  return parseJson(readFileSync(path, 'utf8'));
}

/** Waits until the names in a folder are on the disk. Windows does this by itself and does not allow the call. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Identity of the file or folder at a path, to compare with a later one; undefined if there is none. No other file has the
 * same identity while a process has this one open.
 */
export function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The SHA-256 of data, in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A value as JSON text with its own checksum: `{ sha256, body }`. */
export function sealed(value: unknown): string {
  const body = JSON.stringify(value);
  return `${JSON.stringify({ sha256: sha256(body), body: JSON.parse(body) }, undefined, 1)}\n`;
}

/** The value in a sealed text; undefined if the text is damaged. */
export function unsealed(text: string): unknown {
  try {
    const { sha256: checksum, body } = parseJson(text) as { sha256: string; body: unknown };
    return sha256(JSON.stringify(body)) === checksum ? body : undefined;
  } catch {
    return undefined;
  }
}
