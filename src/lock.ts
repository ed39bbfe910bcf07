import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Database } from './database.js';
import { identityOf } from './files.js';

const LOCK = 'lock.db';
/** Milliseconds to wait for a process that is about to end. */
const PATIENCE = 500;

/**
 * The right to work in a folder, which one process at a time has. The system itself keeps this lock, on a file that SQLite
 * opens: it ends with its process, however that ends. The file stays there, and means nothing without its lock.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly identity: string,
    private readonly db: Database,
  ) {}

  /** Takes the lock of a folder; undefined if another process has it, an Error if it can't be had there. */
  static take(folder: string): FolderLock | undefined {
    const path = join(folder, LOCK);
    for (;;) {
      const db = new Database(path, { timeout: PATIENCE });
      const identity = identityOf(path);
      let failure: unknown;
      try {
        // The write, which is never committed, fails where the file can't be written: SQLite would not lock it there.
        db.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 1');
      } catch (error) {
        failure = error;
      }
      const isThere = identity !== undefined && identityOf(path) === identity;
      if (isThere && !failure) return new FolderLock(path, identity, db);
      db.close();
      if (isThere && failure instanceof Sqlite.SqliteError && failure.code.startsWith('SQLITE_BUSY')) return undefined;
      if (isThere) throw new Error(`${path}: ${(failure as Error).message}`);
      // The process that had the lock has removed the file: there may be another by now.
    }
  }

  /** Whether the folder is where it was; not once it was moved, removed or replaced, or the lock's file was. */
  get isInPlace(): boolean {
    return identityOf(this.path) === this.identity;
  }

  /** Gives the folder to others. */
  release(): void {
    this.db.close();
  }

  /** Gives the folder to others, without the lock's file. */
  remove(): void {
    rmSync(this.path, { force: true });
    this.release();
  }
}
