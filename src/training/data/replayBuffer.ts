import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Database } from '../../database.js';
import { shellWord } from '../../quoting.js';
import { CHECKSUMS_SCHEMA, GameChecksums } from './gameChecksums.js';
import { openToRead } from './openToRead.js';

/** A finished self-play game on its way into the buffer. */
export interface FinishedGame {
  /** Counts the games of a run from 0; each is stored once. */
  number: number;
  /** The iteration whose weights played it. */
  iteration: number;
  /** Name of the machine of a fleet that played it. */
  worker?: string;
  plies: number;
  rounds: number;
  scores: number[];
  /** Simulations of all its searches. */
  simulations: number;
  /** The mean entropy of its searches' policies, in nats. */
  policyEntropy: number;
  /** The moves of all players in the order of play, as `AzulGame` numbers them; the buffer does not keep them. */
  actions: Uint16Array;
  /** Records (positionRecord.ts) in the order of play. */
  records: Uint8Array[];
  /**
   * Of each record what its own search expected, where the record holds what it teaches: the rank value of every seat, then
   * every margin value; the buffer does not keep them.
   */
  searchValues: Float32Array;
}

/** What the buffer knows of a range of games. */
export interface GameStatistics {
  games: number;
  positions: number;
  simulations: number;
  meanPlies: number;
  meanRounds: number;
  meanScore: number;
  /** Part of the games' first places that went to player 0, ties shared. */
  firstPlayerScore: number;
  /** The mean over the games of their searches' policies, in nats. */
  policyEntropy: number;
}

export class ReplayBufferError extends Error {
  override name = 'ReplayBufferError';
}

/** No game has more positions than this; a position's id is its game's number times this, plus its place. */
const IDS_PER_GAME = 1024;

/** Version of the tables and records (positionRecord.ts). */
const FORMAT = 4;

/** Formats that can be read and continued. Format 3 has one more column in `games`, `surprise`, which nothing reads. */
const FORMATS: readonly unknown[] = [3, FORMAT];

/** Who played the games of a fleet. A table of its own, as that of the checksums is. */
const WORKERS_SCHEMA = 'CREATE TABLE IF NOT EXISTS workers (number INTEGER PRIMARY KEY, worker TEXT NOT NULL);';

/** Milliseconds to wait for a process that is about to end. */
const PATIENCE = 500;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (players INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS games (
    number INTEGER PRIMARY KEY, iteration INTEGER NOT NULL, plies INTEGER NOT NULL, rounds INTEGER NOT NULL,
    scores TEXT NOT NULL, winner_share REAL NOT NULL, simulations INTEGER NOT NULL, policy_entropy REAL NOT NULL,
    positions INTEGER NOT NULL, kept INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS games_by_iteration ON games (iteration);
  CREATE INDEX IF NOT EXISTS kept_games ON games (number) WHERE kept = 1;
  CREATE TABLE IF NOT EXISTS positions (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
  ${CHECKSUMS_SCHEMA}
  ${WORKERS_SCHEMA}
`;

/**
 * The self-play games of a run, in SQLite. Every game leaves a row in `games` for good; its positions are dropped once
 * the window has moved on. Opening a buffer locks it against every other process for as long as it is open.
 */
export class ReplayBuffer {
  private readonly db: Database;
  private readonly format: number;
  private readonly checksums: GameChecksums;
  /** The totals of the iterations up to one, so that a long run does not count all its games again and again. */
  private counted = { iteration: 0, games: 0, positions: 0 };

  /**
   * Opens or creates the buffer in a file for games of so many players; without that number it opens one that exists, to
   * be read alone. A ReplayBufferError says why it can't.
   */
  constructor(
    readonly path: string,
    players?: number,
  ) {
    this.db = this.open(players);
    this.format = this.db.pluck('PRAGMA user_version').get() as number;
    this.checksums = new GameChecksums(this.db, IDS_PER_GAME, this.format);
  }

  private open(players: number | undefined): Database {
    let db: Database | undefined;
    const readonly = players === undefined;
    try {
      db = readonly ? openToRead(this.path, PATIENCE) : new Database(this.path, { timeout: PATIENCE });
      if (!readonly) {
        db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      }
      const tables = db.pluck('SELECT name FROM sqlite_master').all();
      if (readonly && !tables.includes('meta')) throw new ReplayBufferError(notABuffer(this.path));
      if (tables.length === 0) db.exec(`PRAGMA user_version = ${FORMAT}`);
      else if (!FORMATS.includes(db.pluck('PRAGMA user_version').get())) {
        throw new ReplayBufferError(
          `${this.path} was written by another version of azul; continue with that version, or start another run`,
        );
      }
      if (tables.includes('games')) checkIndexes(db, this.path);
      if (readonly) return db;
      db.exec(SCHEMA);
      db.prepare('INSERT INTO meta SELECT ? WHERE NOT EXISTS (SELECT * FROM meta)').run(players);
      const found = db.pluck('SELECT players FROM meta').get();
      if (found !== players)
        throw new ReplayBufferError(
          `${this.path} holds games of ${found} players, not ${players}; start another run for ${players}`,
        );
      return db;
    } catch (error) {
      db?.close();
      if (readonly && (error as { code?: string }).code === 'SQLITE_NOTADB') {
        throw new ReplayBufferError(notABuffer(this.path));
      }
      // A folder that is missing is a TypeError of better-sqlite3's own.
      throw error instanceof TypeError
        ? new ReplayBufferError(`cannot use ${this.path}: ${error.message}`)
        : explain(error, this.path);
    }
  }

  /** Seats at the table of its games. */
  get players(): number {
    return this.guard(() => this.db.pluck('SELECT players FROM meta').get()) as number;
  }

  /** Stores games, all or none; those that are there already stay as they are. Returns the number of new ones. */
  add(games: readonly FinishedGame[]): number {
    const insertGame = this.db.prepare(
      `INSERT INTO games VALUES (@number, @iteration, @plies, @rounds, @scores, @winnerShare, @simulations, @policyEntropy,
         @positions, 1${this.format === 3 ? ", x''" : ''})`,
    );
    const insertPosition = this.db.prepare('INSERT INTO positions VALUES (?, ?)');
    const insert = () => {
      let added = 0;
      for (const game of games) {
        if (this.has(game.number)) continue;
        if (game.iteration <= this.counted.iteration) this.counted = { iteration: 0, games: 0, positions: 0 };
        const { records, scores, actions: _, ...columns } = game;
        insertGame.run({
          ...columns,
          scores: JSON.stringify(scores),
          winnerShare: winnerShare(scores),
          positions: records.length,
        });
        records.forEach((record, i) => {
          insertPosition.run(game.number * IDS_PER_GAME + i, record);
        });
        this.checksums.add(game.number);
        if (game.worker !== undefined) {
          this.db.prepare('INSERT OR REPLACE INTO workers VALUES (?, ?)').run(game.number, game.worker);
        }
        added++;
      }
      return added;
    };
    return this.guard(() => this.db.transaction(insert));
  }

  /** Removes the games of an iteration that a worker of a fleet played, and returns their numbers. */
  discard(worker: string, iteration: number): number[] {
    const played = this.db.pluck(
      'SELECT number FROM games JOIN workers USING (number) WHERE worker = ? AND iteration = ? ORDER BY number',
    );
    const remove = () => {
      const numbers = played.all(worker, iteration) as number[];
      for (const number of numbers) {
        this.db
          .prepare('DELETE FROM positions WHERE id >= ? AND id < ?')
          .run(number * IDS_PER_GAME, (number + 1) * IDS_PER_GAME);
        for (const table of ['games', 'workers', 'checksums']) {
          this.db.prepare(`DELETE FROM ${table} WHERE number = ?`).run(number);
        }
      }
      if (numbers.length > 0) this.counted = { iteration: 0, games: 0, positions: 0 };
      return numbers;
    };
    return this.guard(() => this.db.transaction(remove));
  }

  /** Number of workers of a fleet that played games of an iteration. */
  workersOf(iteration: number): number {
    const count = this.db.pluck(
      'SELECT count(DISTINCT worker) FROM games JOIN workers USING (number) WHERE iteration = ?',
    );
    return this.guard(() => count.get(iteration)) as number;
  }

  /** Whether a game of that number is in the buffer. */
  has(game: number): boolean {
    return this.guard(() => this.db.prepare('SELECT 1 FROM games WHERE number = ?').get(game) !== undefined);
  }

  /** Whether its games are numbered so that each iteration has that many. */
  isCountedBy(gamesPerIteration: number): boolean {
    const other = this.db.prepare('SELECT 1 FROM games WHERE iteration <> number / CAST(? AS INTEGER) + 1 LIMIT 1');
    return this.guard(() => other.get(gamesPerIteration) === undefined);
  }

  /** The stored record of a game's i-th position. */
  record(game: number, i: number): Uint8Array {
    const record = this.guard(() =>
      this.db.pluck('SELECT record FROM positions WHERE id = ?').get(game * IDS_PER_GAME + i),
    ) as Uint8Array | undefined;
    if (record) return record;
    throw new ReplayBufferError(`${this.path} lacks position ${i} of game ${game}; it is damaged`);
  }

  /**
   * Checks games that are about to be read, once each; a ReplayBufferError names the first that is damaged. Games of
   * versions that wrote no checksums are taken as they are.
   */
  verify(games: readonly number[]): void {
    for (const number of games) {
      if (this.guard(() => this.checksums.isWhole(number))) continue;
      throw new ReplayBufferError(
        `${this.path} is damaged: game ${number} does not match its checksum; restore it, or start another run with --from ${shellWord(`latest:${dirname(this.path)}`)}`,
      );
    }
  }

  /** The games whose positions are kept, with their records, oldest first; each is checked as by `verify`. */
  *keptGames(): Generator<{ number: number; iteration: number; records: Uint8Array[] }> {
    const games = this.db.prepare('SELECT number, iteration FROM games WHERE kept = 1 ORDER BY number');
    const records = this.db.pluck('SELECT record FROM positions WHERE id >= ? AND id < ? ORDER BY id');
    for (const game of this.guard(() => games.all()) as { number: number; iteration: number }[]) {
      this.verify([game.number]);
      const range = [game.number * IDS_PER_GAME, (game.number + 1) * IDS_PER_GAME];
      yield { ...game, records: this.guard(() => records.all(...range)) as Uint8Array[] };
    }
  }

  /** The games of the given iterations, both included, dropped ones too; oldest first. */
  gamesOf(from: number, to: number): { number: number; positions: number }[] {
    const games = this.db.prepare(
      'SELECT number, positions FROM games WHERE iteration BETWEEN ? AND ? ORDER BY number',
    );
    return this.guard(() => games.all(from, to)) as { number: number; positions: number }[];
  }

  /** The newest games up to an iteration that hold so many positions together, or all there are; oldest first. */
  newestGames(iteration: number, positions: number): { number: number; positions: number }[] {
    const games = this.db.prepare(
      `SELECT number, positions FROM
         (SELECT number, positions, total(positions) OVER (ORDER BY number DESC) - positions AS newer
          FROM games WHERE iteration <= ? AND kept = 1)
       WHERE newer < ? ORDER BY number`,
    );
    return this.guard(() => games.all(iteration, positions)) as { number: number; positions: number }[];
  }

  /** Games and positions of all iterations up to one, dropped ones included. */
  totals(iteration: number): { games: number; positions: number } {
    const since = iteration < this.counted.iteration ? { iteration: 0, games: 0, positions: 0 } : this.counted;
    const sums = this.db.prepare(
      'SELECT count(*) games, total(positions) positions FROM games WHERE iteration > ? AND iteration <= ?',
    );
    const added = this.guard(() => sums.get(since.iteration, iteration)) as { games: number; positions: number };
    const [games, positions] = [since.games + added.games, since.positions + added.positions];
    this.counted = { iteration, games, positions };
    return { games, positions };
  }

  /** Statistics of the games of the given iterations, both included. */
  statistics(from: number, to: number): GameStatistics {
    const statistics = this.db.prepare(
      `SELECT count(*) games, total(positions) positions, total(simulations) simulations, avg(plies) meanPlies,
         avg(rounds) meanRounds, avg((SELECT avg(value) FROM json_each(scores))) meanScore,
         avg(winner_share) firstPlayerScore, avg(policy_entropy) policyEntropy
       FROM games WHERE iteration BETWEEN ? AND ?`,
    );
    return this.guard(() => statistics.get(from, to)) as GameStatistics;
  }

  /** Whether no game was ever stored. */
  get isEmpty(): boolean {
    return this.guard(() => this.db.prepare('SELECT 1 FROM games LIMIT 1').get() === undefined);
  }

  /** Positions that are stored now. */
  get positions(): number {
    return this.positionsWhere('kept = 1');
  }

  /** Positions that were stored and dropped. */
  get dropped(): number {
    return this.positionsWhere('kept = 0');
  }

  private positionsWhere(condition: string): number {
    const total = this.db.pluck(`SELECT total(positions) FROM games WHERE ${condition}`);
    return this.guard(() => total.get()) as number;
  }

  /** Has the disk hold all that was added: without this, the last games may be lost where the power fails. */
  sync(): void {
    this.guard(() => this.db.exec('PRAGMA wal_checkpoint(PASSIVE)'));
    // Where the log's file was removed, what is added next needs a new one: SQLite would go on with the one without a name.
    if (!existsSync(`${this.path}-wal`)) {
      this.guard(() => this.db.exec('PRAGMA journal_mode = DELETE; PRAGMA journal_mode = WAL'));
    }
  }

  /** Drops the positions of all games below a number. */
  dropBefore(game: number): void {
    const drop = () => {
      this.db.prepare('DELETE FROM positions WHERE id < ?').run(game * IDS_PER_GAME);
      this.db.prepare('UPDATE games SET kept = 0 WHERE kept = 1 AND number < ?').run(game);
      this.checksums.dropBefore(game);
    };
    this.guard(() => this.db.transaction(drop));
  }

  /** Compares what the games say with what is stored, page by page and row by row; returns what is wrong. */
  check(): string[] {
    return this.guard(() => this.findFaults());
  }

  private findFaults(): string[] {
    const faults: string[] = [];
    for (const row of this.db.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]) {
      if (row.integrity_check !== 'ok') faults.push(row.integrity_check);
    }
    const wrong = this.db
      .prepare(
        `SELECT number, positions * kept AS expected,
           (SELECT count(*) FROM positions WHERE id >= number * ${IDS_PER_GAME} AND id < (number + 1) * ${IDS_PER_GAME}) AS found
         FROM games WHERE expected <> found`,
      )
      .all() as { number: number; expected: number; found: number }[];
    for (const { number, expected, found } of wrong) {
      faults.push(`game ${number} has ${found} positions, not ${expected}`);
    }
    const stray = this.db
      .pluck(`SELECT count(*) FROM positions WHERE id / ${IDS_PER_GAME} NOT IN (SELECT number FROM games)`)
      .get() as number;
    if (stray > 0) faults.push(`${stray} positions belong to no game`);
    const counted = new Set(wrong.map(({ number }) => number));
    for (const game of this.db.pluck('SELECT number FROM games WHERE kept = 1').all() as number[]) {
      if (!counted.has(game) && !this.checksums.isWhole(game)) faults.push(`game ${game} does not match its checksum`);
    }
    return faults;
  }

  /** Closes the database; what was added is safe. */
  close(): void {
    this.db.close();
  }

  /** Runs a query, and turns SQLite's errors into ours. */
  private guard<T>(query: () => T): T {
    try {
      return query();
    } catch (error) {
      throw explain(error, this.path);
    }
  }
}

function notABuffer(path: string): string {
  return `${path} is not a replay buffer, or is damaged; name the folder of a run, or its replay.db`;
}

/** A ReplayBufferError if a look-up would miss games, or find others: what is damaged is the tree of a table or an index. */
function checkIndexes(db: Database, path: string): void {
  const fault = db.pluck('PRAGMA integrity_check(games)').get() as string | undefined;
  if (fault === undefined || fault === 'ok') return;
  throw new ReplayBufferError(
    `${path} is damaged (${fault.trim().replace(/\s+/g, ' ')}); restore it, or start another run`,
  );
}

/** Player 0's share of the first place by score. */
function winnerShare(scores: readonly number[]): number {
  const best = Math.max(...scores);
  return scores[0] === best ? 1 / scores.filter((score) => score === best).length : 0;
}

/** SQLite's errors in words that say what to do. */
function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  if (error.code.startsWith('SQLITE_BUSY')) {
    return new ReplayBufferError(`${path} is in use by another process; stop that one first, or name another run`);
  }
  if (error.code === 'SQLITE_FULL' || error.code.startsWith('SQLITE_IOERR')) {
    return new ReplayBufferError(`cannot write to ${path}: ${error.message}; make room or permit writing, then resume`);
  }
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')) {
    return new ReplayBufferError(`${path} is damaged (${error.message}); restore it, or start another run`);
  }
  return new ReplayBufferError(`cannot use ${path}: ${error.message}; permit writing there, or name another run`);
}
