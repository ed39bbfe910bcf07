/** Files that appear whole or not at all, and files that know whether they were damaged. */
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

/** Writes a file and waits until the disk has it. */
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

/** Copies a damaged file, before it is rewritten, to the first free of `<path>.damaged`, `.damaged-2`, …; returns which. */
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

/** A text without the byte order mark that editors, on Windows above all, may begin it with. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/** The value of JSON text, with a byte order mark or without. */
export function parseJson(text: string): unknown {
  return JSON.parse(withoutMark(text));
}

/** The value in a JSON file. */
export function readJson(path: string | URL): unknown {
  return parseJson(readFileSync(path, 'utf8'));
}

/** Waits until the disk has the names in a folder. Windows does this by itself, and refuses the call. */
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
 * The file or folder that a path leads to, to compare with what it leads to later; undefined if that can't be found. No
 * other file has the same identity for as long as a process has this one open.
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
