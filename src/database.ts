import Sqlite from 'better-sqlite3';

/**
 * Everything of better-sqlite3's that was made, for as long as the process lives: an addon that is compiled with the headers
 * of Node 24.19 or later ends the process when the garbage collector frees one of its objects (nodejs/node, issue 65446).
 */
const kept = new Set<unknown>();

/** An SQLite database. A statement is prepared once, whoever asks for it. */
export class Database {
  private readonly db: Sqlite.Database;
  private readonly statements = new Map<string, Sqlite.Statement>();

  constructor(path: string, options?: Sqlite.Options) {
    this.db = new Sqlite(path, options);
    kept.add(this.db);
    kept.add(this.statements);
  }

  /** The statement of a text. */
  prepare(sql: string): Sqlite.Statement {
    return this.statements.get(sql) ?? this.keep(sql, this.db.prepare(sql));
  }

  /** The statement of a text, of whose rows the first column is all that matters. */
  pluck(sql: string): Sqlite.Statement {
    return this.statements.get(sql) ?? this.keep(sql, this.db.prepare(sql).pluck());
  }

  private keep(sql: string, statement: Sqlite.Statement): Sqlite.Statement {
    this.statements.set(sql, statement);
    return statement;
  }

  /** Runs statements that give nothing back. */
  exec(sql: string): void {
    this.db.exec(sql);
  }

  /** Runs all of it, or, where it throws, nothing. */
  transaction<T>(work: () => T): T {
    return this.db.transaction(work)();
  }

  close(): void {
    this.db.close();
  }
}
