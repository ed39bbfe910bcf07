/** What the analysis page shows: a game, a place in it, and perhaps a line that was tried instead. */
import { parseGames, RecordError, type RecordedGame } from '../../../src/arena/record.js';
import { isLog } from '../../../src/bga/gameLog.js';
import { END, importGame } from '../../../src/bga/importGame.js';
import { applyToken, type Position } from '../../../src/game/notation.js';
import { ROUND } from '../../../src/game/state.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { movesQuery, parseMoves, parseSeats, parseStart, positionAfter } from '../play/game.js';

export interface Study {
  names: readonly string[];
  /** The seats of a game that was played here (game.ts); a game from them keeps its levels. */
  seats?: readonly string[];
  start: Position;
  /** Deals and moves of the game. */
  tokens: readonly string[];
  /** The line that was tried after the first `from` tokens of the game. */
  branch?: { from: number; tokens: readonly string[] };
  /** How a game that was not finished ended. */
  end?: string;
  /** Number of tokens of the shown line before the shown position. */
  at: number;
}

/** The deals and moves of the shown line. */
export function lineOf({ tokens, branch }: Study): readonly string[] {
  return branch ? [...tokens.slice(0, branch.from), ...branch.tokens] : tokens;
}

/** A round of a line: its number in the game, the place of its first position, and the indices of its moves. */
export interface Round {
  number: number;
  place: number;
  moves: number[];
}

/** The rounds of a line of tokens. The line may start within a round. */
export function roundsOf(start: Position, tokens: readonly string[]): Round[] {
  const rounds: Round[] = [];
  let number = start.state[ROUND]!;
  tokens.forEach((token, i) => {
    if (token.startsWith('=')) rounds.push({ number: ++number, place: i + 1, moves: [] });
    else if (rounds.length === 0) rounds.push({ number, place: i, moves: [i] });
    else rounds.at(-1)!.moves.push(i);
  });
  return rounds;
}

/** Number of tokens before each move. */
export function placesOfMoves(tokens: readonly string[]): number[] {
  return [...tokens.keys()].filter((i) => !tokens[i]!.startsWith('='));
}

export function positionOf(study: Study): Position {
  return positionAfter({ start: study.start, tokens: lineOf(study) }, study.at);
}

/** The study after a deal or a move: the next one of its line, or the first of a new line. */
export function played(study: Study, token: string): Study {
  const { at, tokens, branch } = study;
  const line = lineOf(study);
  if (line[at] === token) return { ...study, at: at + 1 };
  const from = branch ? Math.min(branch.from, at) : at;
  if (at === tokens.length && from === at && !branch) return { ...study, tokens: [...tokens, token], at: at + 1 };
  return { ...study, branch: { from, tokens: [...line.slice(from, at), token] }, at: at + 1 };
}

/** The study without its tried line, at the place where that line left the game. */
export function withoutBranch({ branch, ...study }: Study): Study {
  return { ...study, at: branch ? Math.min(study.at, branch.from) : study.at };
}

/** A recorded game at its first decision. */
export function studyOf({ seats, start, tokens }: Pick<RecordedGame, 'seats' | 'start' | 'tokens'>): Study {
  return { names: seats, start, tokens, at: tokens[0]?.startsWith('=') ? 1 : 0 };
}

/**
 * The games of a text: records, a replay of Board Game Arena, or one position with or without moves. Throws a RecordError,
 * an ImportError or a NotationError.
 */
export function parseStudies(text: string): Study[] {
  if (isLog(text)) {
    const game = importGame(text);
    return [{ ...studyOf(game), end: game.tags.get(END) }];
  }
  const bare = text.replace(/^\s*(#.*\n\s*)*/, '');
  if (bare.trim() === '') throw new RecordError('there is nothing to open: paste a record or a position');
  if (/^game(\s|$)/.test(bare)) return parseGames(text).map(studyOf);
  const { start, tokens } = parseStart(bare);
  return [{ names: standardNames(start), start, tokens, at: tokens.length }];
}

function standardNames({ rules }: Position): string[] {
  return Array.from({ length: rules.players }, (_, seat) => `Player ${seat + 1}`);
}

// ---- addresses

export function studyQuery({ names, seats, start, tokens, branch, at }: Study): URLSearchParams {
  const query = new URLSearchParams({ ...movesQuery({ start, tokens }), at: String(at) });
  if (seats) query.set('seats', seats.join());
  if (branch) {
    query.set('from', String(branch.from));
    query.set('try', branch.tokens.join(' '));
  }
  if (names.join() !== standardNames(start).join()) for (const name of names) query.append('name', name);
  return query;
}

/** Throws a NotationError that says what is wrong. */
export function parseStudy(query: URLSearchParams): Study {
  const { start, tokens } = parseMoves(query);
  const named = query.getAll('name');
  const { players } = start.rules;
  const study: Study = { names: named.length === players ? named : standardNames(start), start, tokens, at: 0 };
  const seats = parseSeats(query);
  if (seats?.length === players) study.seats = seats;
  const tried = query.get('try')?.split(/\s+/).filter(Boolean);
  if (tried) {
    const from = wholeNumber(query.get('from'), 'from', tokens.length);
    const position = positionAfter({ start, tokens }, from);
    for (const token of tried) applyToken(position, token);
    study.branch = { from, tokens: tried };
  }
  const length = lineOf(study).length;
  study.at = query.has('at') ? wholeNumber(query.get('at'), 'at', length) : length;
  return study;
}

function wholeNumber(text: string | null, name: string, max: number): number {
  const n = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!(n <= max)) throw new NotationError(`${name} in the address is not a whole number from 0 to ${max}`);
  return n;
}
