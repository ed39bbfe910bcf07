import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Database } from '../../database.js';
import { shellWord } from '../../quoting.js';
import { CHECKSUMS_SCHEMA, GameChecksums } from './gameChecksums.js';
import { openToRead } from './openToRead.js';

/** A finished self-play game to store in the buffer. */
export interface FinishedGame {
  /** Number of the game in its run, from 0. Each number is stored once. */
  number: number;
  /** Iteration that the game belongs to. */
  iteration: number;
  /** Name of the fleet's machine that played the game, if a fleet did. */
  worker?: string;
  plies: number;
  rounds: number;
  scores: number[];
  /** Number of simulations in all its searches. */
  simulations: number;
  /** Mean entropy of its searches' policies, in nats. */
  policyEntropy: number;
  /** Moves of all players in the order of play, numbered as in `AzulGame`. The buffer does not store them. */
  actions: Uint16Array;
  /** Records (positionRecord.ts) in the order of play. */
  records: Uint8Array[];
  /**
   * For each record, its position's own search values, where the record holds λ-returns: the rank value of every seat,
   * then the margin value of every seat. The buffer does not store them.
   */
  searchValues: Float32Array;
}

/** Statistics of a range of games. */
export interface GameStatistics {
  games: number;
  positions: number;
  simulations: number;
  meanPlies: number;
  meanRounds: number;
  meanScore: number;
  /** Fraction of the games' first places that went to player 0. Tied players share a first place. */
  firstPlayerScore: number;
  /** Mean of the games' policy entropies, in nats. */
  policyEntropy: number;
}

export class ReplayBufferError extends Error {
  override name = 'ReplayBufferError';
}

/**
 * Number of position ids per game; no game has more positions. The id of a position is its game's number times this,
 * plus its place in the game.
 */
const IDS_PER_GAME = 1024;

/** Version of the tables and records (positionRecord.ts). */
const FORMAT = 4;

/**
 * Formats that can be read and continued. Format 3 has one more column in `games`, `surprise`, which only its checksums
 * use.
 */
const FORMATS: readonly unknown[] = [3, FORMAT];

/**
 * Schema of the machines that played the games of a fleet. They have a table of their own for the same reason as the
 * checksums (gameChecksums.ts).
 */
const WORKERS_SCHEMA = 'CREATE TABLE IF NOT EXISTS workers (number INTEGER PRIMARY KEY, worker TEXT NOT NULL);';

/** Max wait for another process that is about to end, in milliseconds. */
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
 * The self-play games of a run, in SQLite. The row of a game in `games` stays when its positions are dropped, after the
 * window has moved on. A buffer that is open for writing is locked against all other processes.
 */
export class ReplayBuffer {
  private readonly db: Database;
  private readonly format: number;
  private readonly checksums: GameChecksums;
  /** Totals of all iterations up to one, so that a long run does not count all its games again each time. */
  private counted = { iteration: 0, games: 0, positions: 0 };

  /**
   * Opens or creates the buffer in a file, for games of `players` players. Without `players`, opens an existing buffer
   * for reading only. Throws a ReplayBufferError if it can't.
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
      // better-sqlite3 throws a TypeError if the folder is missing.
      throw error instanceof TypeError
        ? new ReplayBufferError(`cannot use ${this.path}: ${error.message}`)
        : explain(error, this.path);
    }
  }

  /** Number of players in each game. */
  get players(): number {
    return this.guard(() => this.db.pluck('SELECT players FROM meta').get()) as number;
  }

  /** Stores games, all or none. Games that are stored already stay as they are. Returns the number of new games. */
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

  /** Removes the games of an iteration that one machine of a fleet played. Returns their numbers. */
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

  /** Returns the number of a fleet's machines that played games of an iteration. */
  workersOf(iteration: number): number {
    const count = this.db.pluck(
      'SELECT count(DISTINCT worker) FROM games JOIN workers USING (number) WHERE iteration = ?',
    );
    return this.guard(() => count.get(iteration)) as number;
  }

  /** Whether the buffer has a game with this number. */
  has(game: number): boolean {
    return this.guard(() => this.db.prepare('SELECT 1 FROM games WHERE number = ?').get(game) !== undefined);
  }

  /** Whether the games' numbers fit `gamesPerIteration` games in each iteration. */
  isCountedBy(gamesPerIteration: number): boolean {
    const other = this.db.prepare('SELECT 1 FROM games WHERE iteration <> number / CAST(? AS INTEGER) + 1 LIMIT 1');
    return this.guard(() => other.get(gamesPerIteration) === undefined);
  }

  /** Returns the stored record of a game's i-th position, counted from 0. */
  record(game: number, i: number): Uint8Array {
    const record = this.guard(() =>
      this.db.pluck('SELECT record FROM positions WHERE id = ?').get(game * IDS_PER_GAME + i),
    ) as Uint8Array | undefined;
    if (record) return record;
    throw new ReplayBufferError(`${this.path} lacks position ${i} of game ${game}; it is damaged`);
  }

  /**
   * Checks games before they are read, each only once. Throws a ReplayBufferError that names the first damaged game.
   * Games of versions that wrote no checksums are not checked.
   */
  verify(games: readonly number[]): void {
    for (const number of games) {
      if (this.guard(() => this.checksums.isWhole(number))) continue;
      throw new ReplayBufferError(
        `${this.path} is damaged: game ${number} does not match its checksum; restore it, or start another run with --from ${shellWord(`latest:${dirname(this.path)}`)}`,
      );
    }
  }

  /**
   * Yields the games whose positions are stored, with their records, oldest first. Each game is checked as by `verify`.
   */
  *keptGames(): Generator<{ number: number; iteration: number; records: Uint8Array[] }> {
    const games = this.db.prepare('SELECT number, iteration FROM games WHERE kept = 1 ORDER BY number');
    const records = this.db.pluck('SELECT record FROM positions WHERE id >= ? AND id < ? ORDER BY id');
    for (const game of this.guard(() => games.all()) as { number: number; iteration: number }[]) {
      this.verify([game.number]);
      const range = [game.number * IDS_PER_GAME, (game.number + 1) * IDS_PER_GAME];
      yield { ...game, records: this.guard(() => records.all(...range)) as Uint8Array[] };
    }
  }

  /**
   * Returns the games of the iterations from `from` to `to`, both included, oldest first. Games whose positions were
   * dropped are included.
   */
  gamesOf(from: number, to: number): { number: number; positions: number }[] {
    const games = this.db.prepare(
      'SELECT number, positions FROM games WHERE iteration BETWEEN ? AND ? ORDER BY number',
    );
    return this.guard(() => games.all(from, to)) as { number: number; positions: number }[];
  }

  /**
   * Returns the newest games up to an iteration that together hold at least `positions` positions, or all games if they
   * hold fewer; oldest first. Games whose positions were dropped are left out.
   */
  newestGames(iteration: number, positions: number): { number: number; positions: number }[] {
    const games = this.db.prepare(
      `SELECT number, positions FROM
         (SELECT number, positions, total(positions) OVER (ORDER BY number DESC) - positions AS newer
          FROM games WHERE iteration <= ? AND kept = 1)
       WHERE newer < ? ORDER BY number`,
    );
    return this.guard(() => games.all(iteration, positions)) as { number: number; positions: number }[];
  }

  /** Counts the games and positions of all iterations up to one. Dropped positions are included. */
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

  /** Returns statistics of the games of the iterations from `from` to `to`, both included. */
  statistics(from: number, to: number): GameStatistics {
    const statistics = this.db.prepare(
      `SELECT count(*) games, total(positions) positions, total(simulations) simulations, avg(plies) meanPlies,
         avg(rounds) meanRounds, avg((SELECT avg(value) FROM json_each(scores))) meanScore,
         avg(winner_share) firstPlayerScore, avg(policy_entropy) policyEntropy
       FROM games WHERE iteration BETWEEN ? AND ?`,
    );
    return this.guard(() => statistics.get(from, to)) as GameStatistics;
  }

  /** Whether the buffer has no games, counting those whose positions were dropped. */
  get isEmpty(): boolean {
    return this.guard(() => this.db.prepare('SELECT 1 FROM games LIMIT 1').get() === undefined);
  }

  /** Number of positions that are stored now. */
  get positions(): number {
    return this.positionsWhere('kept = 1');
  }

  /** Number of positions that were stored and then dropped. */
  get dropped(): number {
    return this.positionsWhere('kept = 0');
  }

  private positionsWhere(condition: string): number {
    const total = this.db.pluck(`SELECT total(positions) FROM games WHERE ${condition}`);
    return this.guard(() => total.get()) as number;
  }

  /** Writes all added games to the disk. Without this, a power failure may lose the last games. */
  sync(): void {
    this.guard(() => this.db.exec('PRAGMA wal_checkpoint(PASSIVE)'));
    // If the log's file was removed, SQLite would write to the removed file. A change of the mode makes a new file.
    if (!existsSync(`${this.path}-wal`)) {
      this.guard(() => this.db.exec('PRAGMA journal_mode = DELETE; PRAGMA journal_mode = WAL'));
    }
  }

  /** Drops the positions of all games with a number below `game`. */
  dropBefore(game: number): void {
    const drop = () => {
      this.db.prepare('DELETE FROM positions WHERE id < ?').run(game * IDS_PER_GAME);
      this.db.prepare('UPDATE games SET kept = 0 WHERE kept = 1 AND number < ?').run(game);
      this.checksums.dropBefore(game);
    };
    this.guard(() => this.db.transaction(drop));
  }

  /**
   * Checks the database's pages, and compares each game with its stored positions and its checksum. Returns the faults
   * that it finds.
   */
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

  /** Closes the database. All added games are kept. */
  close(): void {
    this.db.close();
  }

  /** Runs a query. Turns SQLite's errors into ReplayBufferErrors. */
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

/**
 * Throws a ReplayBufferError if the tree of the table `games` or of one of its indexes is damaged. A query would miss
 * games or find wrong ones.
 */
function checkIndexes(db: Database, path: string): void {
  const fault = db.pluck('PRAGMA integrity_check(games)').get() as string | undefined;
  if (fault === undefined || fault === 'ok') return;
  throw new ReplayBufferError(
    `${path} is damaged (${fault.trim().replace(/\s+/g, ' ')}); restore it, or start another run`,
  );
}

/** Returns player 0's share of the first place by score: 1 if it won alone, 1/n in a tie of n players, otherwise 0. */
function winnerShare(scores: readonly number[]): number {
  const best = Math.max(...scores);
  return scores[0] === best ? 1 / scores.filter((score) => score === best).length : 0;
}

/** Turns SQLite's errors into ReplayBufferErrors that say what to do. Returns other errors as they are. */
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
