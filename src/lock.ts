import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Database } from './database.js';
import { identityOf } from './files.js';

const LOCK = 'lock.db';
/** Milliseconds to wait for a process that is about to end. */
const PATIENCE = 500;

/**
 * The lock of a folder, which one process at a time can hold. It is a lock of the operating system on a file that SQLite opens,
 * so it ends with its process for any reason. The file stays, and has no meaning without its lock.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly identity: string,
    private readonly db: Database,
  ) {}

  /** Takes the lock of a folder; undefined if another process holds it. An Error if the folder can't be locked. */
  static take(folder: string): FolderLock | undefined {
    const path = join(folder, LOCK);
    for (;;) {
      const db = new Database(path, { timeout: PATIENCE });
      const identity = identityOf(path);
      let failure: unknown;
      try {
        // The write is never committed. It fails if the file can't be written, where SQLite would take no lock.
        db.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 1');
      } catch (error) {
        failure = error;
      }
      const isThere = identity !== undefined && identityOf(path) === identity;
      if (isThere && !failure) return new FolderLock(path, identity, db);
      db.close();
      if (isThere && failure instanceof Sqlite.SqliteError && failure.code.startsWith('SQLITE_BUSY')) return undefined;
      if (isThere) throw new Error(`${path}: ${(failure as Error).message}`);
      // The process with the lock has removed the file. There may be another file now.
    }
  }

  /** Whether the folder and the lock's file are in place; false if one was moved, removed or replaced. */
  get isInPlace(): boolean {
    return identityOf(this.path) === this.identity;
  }

  /** Releases the lock. */
  release(): void {
    this.db.close();
  }

  /** Removes the lock's file and releases the lock. */
  remove(): void {
    rmSync(this.path, { force: true });
    this.release();
  }
}
