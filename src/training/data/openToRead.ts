import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../database.js';

/**
 * Opens a database for reading. Even for that, SQLite writes an index of its log beside the database. If SQLite can't
 * write there, this opens a copy instead. Throws if another process has locked the database; `timeout` is the max wait
 * for that process, in ms.
 */
export function openToRead(path: string, timeout: number): Database {
  const db = readInPlace(path, timeout);
  if (db) return db;
  const copy = readCopy(path);
  try {
    readInPlace(path, timeout)?.close();
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}

/** Opens a database in its place; undefined if SQLite can't write beside it. */
function readInPlace(path: string, timeout: number): Database | undefined {
  const db = new Database(path, { timeout, readonly: true });
  try {
    db.prepare('SELECT name FROM sqlite_master LIMIT 1').get();
    return db;
  } catch (error) {
    db.close();
    const { code = '' } = error as { code?: string };
    if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) return undefined;
    throw error;
  }
}

/**
 * Opens a temporary copy. Its files are removed from their folder at once, so nothing is left when the copy is closed
 * or its process ends.
 */
function readCopy(path: string): Database {
  const folder = mkdtempSync(join(tmpdir(), 'azul-'));
  try {
    const copy = join(folder, 'copy.db');
    for (const suffix of ['', '-wal']) {
      if (!existsSync(path + suffix)) continue;
      copyFileSync(path + suffix, copy + suffix);
      chmodSync(copy + suffix, 0o600);
    }
    const db = new Database(copy);
    // Moves the content of the log into the database, which is a single file from here on.
    db.exec('PRAGMA journal_mode = DELETE');
    return db;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
