/** Turns a saved replay of Board Game Arena into a record. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { printGame } from '../arena/record.js';
import { ImportError, MAX_LENGTH } from '../bga/gameLog.js';
import { END, importGame as gameOf } from '../bga/importGame.js';
import { writeWhole } from '../files.js';
import { shellWord } from '../quoting.js';
import { UsageError } from '../usageError.js';

/** Writes the record of the game in a file to `out`, or to standard output without it. */
export function importGame(file: string, out: string | undefined): void {
  if (out !== undefined && existsSync(out)) {
    throw new UsageError(`${out} exists already; name another file with --out`);
  }
  const text = readText(file);
  let game: ReturnType<typeof gameOf>;
  try {
    game = gameOf(text);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    throw new Error(`${file}: ${error.message}`);
  }
  const { seats, scores, tags } = game;
  const end = tags.get(END);
  if (end !== undefined) console.error(`unfinished game: ${end}`);
  if (out === undefined) {
    process.stdout.write(printGame(game));
    return;
  }
  try {
    writeWhole(out, printGame(game));
  } catch (error) {
    throw new Error(`cannot write ${out}: ${(error as Error).message}; name another file with --out`);
  }
  const result = seats.map((name, seat) => `${name} ${scores[seat]}`).join(', ');
  console.log(`${out}: ${result}; azul analyse ${shellWord(out)} reviews the game`);
}

/** The text of a file, and no more of it than is needed to see that it is too long. */
function readText(path: string): string {
  const bytes = Buffer.alloc(3 * MAX_LENGTH + 1);
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        read = readSync(file, bytes, length, bytes.length - length, null);
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}; name the saved page of a replay`);
  }
  return bytes.toString('utf8', 0, length);
}
