import Sqlite from 'better-sqlite3';

/**
 * All objects of better-sqlite3, kept until the process ends. An addon that is compiled with the headers of Node 24.19 or later
 * ends the process when the garbage collector frees one of its objects (nodejs/node, issue 65446).
 */
const kept = new Set<unknown>();

/** An SQLite database. Each statement is prepared once. */
export class Database {
  private readonly db: Sqlite.Database;
  private readonly statements = new Map<string, Sqlite.Statement>();

  constructor(path: string, options?: Sqlite.Options) {
    this.db = new Sqlite(path, options);
    kept.add(this.db);
    kept.add(this.statements);
  }

  /** The statement of an SQL text. */
  prepare(sql: string): Sqlite.Statement {
    return this.statements.get(sql) ?? this.keep(sql, this.db.prepare(sql));
  }

  /** The statement of an SQL text. Its rows are the values of the first column. */
  pluck(sql: string): Sqlite.Statement {
    return this.statements.get(sql) ?? this.keep(sql, this.db.prepare(sql).pluck());
  }

  private keep(sql: string, statement: Sqlite.Statement): Sqlite.Statement {
    this.statements.set(sql, statement);
    return statement;
  }

  /** Runs statements without results. */
  exec(sql: string): void {
    this.db.exec(sql);
  }

  /** Runs work in a transaction. If it throws, nothing is changed. */
  transaction<T>(work: () => T): T {
    return this.db.transaction(work)();
  }

  close(): void {
    this.db.close();
  }
}
