/** Sources of a dataset's games: the replay buffer of a run, or a file of game records. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseGames, positionsOf, RecordError, type RecordedGame } from '../../arena/record.js';
import { sourceOf, withSource } from '../../game/action.js';
import { canonicalise } from '../../game/canonical.js';
import { parseMove } from '../../game/notation.js';
import { boardAt, WALL } from '../../game/state.js';
import { AzulGame, marginValue } from '../../mcts/azul.js';
import { PROBABILITY_UNITS, viewRecords } from '../data/positionRecord.js';
import type { ReplayBuffer } from '../data/replayBuffer.js';
import type { DatasetPosition } from './columns.js';

/** Max number of lines in a game's record. The longest games have some hundreds. */
const MAX_LINES = 100_000;

/** The positions of a game. */
export interface DatasetGame {
  number: number;
  players: number;
  positions: DatasetPosition[];
}

/**
 * Yields the games of a replay buffer whose positions are stored, oldest first. Throws a ReplayBufferError if one is
 * damaged.
 */
export function* bufferGames(buffer: ReplayBuffer): Generator<DatasetGame> {
  const { players } = buffer;
  const game = new AzulGame(players);
  for (const { number, iteration, records } of buffer.keptGames()) {
    const positions = viewRecords(game, records).map((view, place) => ({ game: number, iteration, place, ...view }));
    yield { number, players, positions };
  }
}

/**
 * Yields the finished games of a file of records. Their numbers count all games of the file from 0. `skipped` counts
 * the games that were not played to their end. Throws a RecordError if the file is not valid.
 */
export async function* recordGames(path: string, skipped: { games: number }): AsyncGenerator<DatasetGame> {
  let number = 0;
  for await (const { text, line } of textsOfGames(path)) {
    const [game] = parseGames(text, { game: number + 1, line });
    if (game!.finished && game!.forfeit === undefined) yield positionsOfRecord(game!, number);
    else skipped.games++;
    number++;
  }
  if (number === 0) throw new RecordError('it contains no game');
}

/** Yields the text of each game in a file, with the number of its first line. */
async function* textsOfGames(path: string): AsyncGenerator<{ text: string; line: number }> {
  let lines: string[] = [];
  let start = 1;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (/^\s*game(\s|$)/.test(line) && lines.some(says)) {
      yield { text: lines.join('\n'), line: start };
      start += lines.length;
      lines = [];
    }
    lines.push(line);
    if (lines.length > MAX_LINES) {
      throw new RecordError(`line ${start}: a game has more than ${MAX_LINES} lines`);
    }
  }
  if (lines.some(says)) yield { text: lines.join('\n'), line: start };
}

/** Whether a line of a record is neither empty nor a comment. */
function says(line: string): boolean {
  return line.trim() !== '' && !line.trim().startsWith('#');
}

/** Returns the positions of a finished game in which a move was made. The target policy of a position is its move. */
function positionsOfRecord(record: RecordedGame, number: number): DatasetGame {
  const { rules } = record.start;
  const { players } = rules;
  const all = [...positionsOf(record)];
  const end = all.at(-1)!.state;
  const seats = Array.from({ length: players }, (_, seat) => seat);
  const game = new AzulGame(players);
  const unknown = seats.flatMap(() => [Number.NaN, Number.NaN]);
  const values = Float32Array.from([
    ...seats.map((seat) => game.rankValue(end, 0, seat)),
    ...seats.map((seat) => marginValue(game.margin(end, 0, seat))),
    ...unknown,
  ]);
  const walls = Int32Array.from(seats, (seat) => end[boardAt(0, seat) + WALL]!);
  const positions: DatasetPosition[] = [];
  for (const [i, token] of record.tokens.entries()) {
    if (token.startsWith('=')) continue;
    const { state } = all[i]!;
    const action = parseMove(rules, token);
    const source = sourceOf(action);
    // If several factories are equal, the search only uses the first one.
    const pile = state[rules.firstFactory + source]!;
    canonicalise(rules, state, 0);
    const sorted = source === rules.factories ? source : state.indexOf(pile, rules.firstFactory) - rules.firstFactory;
    const policy = Uint16Array.of(withSource(action, sorted), PROBABILITY_UNITS);
    positions.push({ game: number, iteration: 0, place: positions.length, state, walls, values, policy });
  }
  return { number, players, positions };
}
