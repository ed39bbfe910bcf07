import { readFileSync } from 'node:fs';
import { parseGames, RecordError, type RecordedGame } from '../arena/record.js';

/** Reads a record: all its games, and the numbers of the chosen ones, counted from 1. An Error says what is wrong. */
export function readRecord(file: string, game?: number): { games: RecordedGame[]; chosen: number[] } {
  const games = parseFile(file);
  if (game !== undefined && game > games.length) {
    throw new Error(`${file} has no game ${game}; choose one from 1 to ${games.length}`);
  }
  return { games, chosen: game === undefined ? games.map((_, i) => i + 1) : [game] };
}

function parseFile(file: string): RecordedGame[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      `cannot read the record ${file}: ${(error as Error).message}; name a file, such as the games.azul of a tournament`,
    );
  }
  try {
    return parseGames(text);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new Error(`${file}, ${error.message}`);
  }
}
