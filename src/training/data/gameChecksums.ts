import { crc32 } from 'node:zlib';
import type { Database } from '../../database.js';

/**
 * Schema of the checksums. They have a table of their own: a buffer from a version without checksums works without it,
 * and such a version ignores it.
 */
export const CHECKSUMS_SCHEMA =
  'CREATE TABLE IF NOT EXISTS checksums (number INTEGER PRIMARY KEY, crc INTEGER NOT NULL);';

/**
 * Query for a game as one row. It leaves out `kept`, which changes. SQLite joins the records, because that is faster
 * than returning each of them. Format 3 has one more column, `surprise` (replayBuffer.ts).
 */
const gameRow = (format: number) => `
  SELECT number, iteration, plies, rounds, scores, winner_share, simulations, policy_entropy, positions,
    ${format === 3 ? 'hex(surprise) AS surprise,' : ''}
    (SELECT group_concat(hex(record), '') FROM positions WHERE id >= @first AND id < @end) AS records
  FROM games WHERE number = @game`;

/**
 * CRC-32 checksums of the games in a replay buffer whose positions are stored. A checksum covers the game's row, then
 * its records in order.
 */
export class GameChecksums {
  /** Games that this process has written or checked. */
  private readonly verified = new Set<number>();
  private readonly row: string;

  constructor(
    private readonly db: Database,
    private readonly idsPerGame: number,
    format: number,
  ) {
    this.row = gameRow(format);
  }

  /** Stores the checksum of a game that was just stored. */
  add(game: number): void {
    this.db.prepare('INSERT OR REPLACE INTO checksums VALUES (?, ?)').run(game, this.checksum(game));
    this.verified.add(game);
  }

  /** Whether a game matches its checksum. A game without a checksum counts as whole. */
  isWhole(game: number): boolean {
    if (this.verified.has(game)) return true;
    const stored = this.exist ? this.db.pluck('SELECT crc FROM checksums WHERE number = ?').get(game) : undefined;
    if (stored !== undefined && stored !== this.checksum(game)) return false;
    this.verified.add(game);
    return true;
  }

  /** Deletes the checksums of all games with a number below `game`. */
  dropBefore(game: number): void {
    this.db.prepare('DELETE FROM checksums WHERE number < ?').run(game);
    for (const number of this.verified) if (number < game) this.verified.delete(number);
  }

  /** Whether the table exists. A buffer of an older version that is opened only for reading does not have it. */
  private get exist(): boolean {
    return this.db.pluck("SELECT 1 FROM sqlite_master WHERE name = 'checksums'").get() !== undefined;
  }

  private checksum(game: number): number {
    const ids = { first: game * this.idsPerGame, end: (game + 1) * this.idsPerGame };
    return crc32(Object.values(this.db.prepare(this.row).get({ game, ...ids }) ?? {}).join());
  }
}
