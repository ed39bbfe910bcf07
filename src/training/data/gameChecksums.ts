import { crc32 } from 'node:zlib';
import type { Database } from '../../database.js';

/** A table of its own: buffers of versions that wrote none do without it, and those versions do not mind it. */
export const CHECKSUMS_SCHEMA =
  'CREATE TABLE IF NOT EXISTS checksums (number INTEGER PRIMARY KEY, crc INTEGER NOT NULL);';

/**
 * A game as one row. `kept` is left out, as it changes. SQLite joins the records faster than it hands them over. The rows
 * of format 3 end with one column more (replayBuffer.ts).
 */
const gameRow = (format: number) => `
  SELECT number, iteration, plies, rounds, scores, winner_share, simulations, policy_entropy, positions,
    ${format === 3 ? 'hex(surprise) AS surprise,' : ''}
    (SELECT group_concat(hex(record), '') FROM positions WHERE id >= @first AND id < @end) AS records
  FROM games WHERE number = @game`;

/** The CRC-32 of each game of a replay buffer whose positions are stored: over its row and its records, in their order. */
export class GameChecksums {
  /** Games that this process has written, or found to be as they were written. */
  private readonly verified = new Set<number>();
  private readonly row: string;

  constructor(
    private readonly db: Database,
    private readonly idsPerGame: number,
    format: number,
  ) {
    this.row = gameRow(format);
  }

  /** Keeps the checksum of a game that has just been stored. */
  add(game: number): void {
    this.db.prepare('INSERT OR REPLACE INTO checksums VALUES (?, ?)').run(game, this.checksum(game));
    this.verified.add(game);
  }

  /** Whether a game is as it was written; one without a checksum is taken as it is. */
  isWhole(game: number): boolean {
    if (this.verified.has(game)) return true;
    const stored = this.exist ? this.db.pluck('SELECT crc FROM checksums WHERE number = ?').get(game) : undefined;
    if (stored !== undefined && stored !== this.checksum(game)) return false;
    this.verified.add(game);
    return true;
  }

  /** Forgets all games below a number. */
  dropBefore(game: number): void {
    this.db.prepare('DELETE FROM checksums WHERE number < ?').run(game);
    for (const number of this.verified) if (number < game) this.verified.delete(number);
  }

  /** A buffer that another version wrote, and that is only read, has no such table. */
  private get exist(): boolean {
    return this.db.pluck("SELECT 1 FROM sqlite_master WHERE name = 'checksums'").get() !== undefined;
  }

  private checksum(game: number): number {
    const ids = { first: game * this.idsPerGame, end: (game + 1) * this.idsPerGame };
    return crc32(Object.values(this.db.prepare(this.row).get({ game, ...ids }) ?? {}).join());
  }
}
