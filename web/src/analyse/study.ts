/** What the analysis page shows: a game, lines that were tried instead, and a place in one of them. */
import { parseGames, RecordError, type RecordedGame } from '../../../src/arena/record.js';
import { isLog } from '../../../src/bga/gameLog.js';
import { END, importGame } from '../../../src/bga/importGame.js';
import { applyToken, type Position } from '../../../src/game/notation.js';
import { ROUND } from '../../../src/game/state.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { movesQuery, parseMoves, parseSeats, parseStart, positionAfter } from '../play/game.js';

/** Deals and moves that were tried after the first `from` tokens of the game. */
export interface Line {
  from: number;
  tokens: readonly string[];
}

export interface Study {
  names: readonly string[];
  /** The seats of a game that was played here (game.ts); a game from them keeps its levels. */
  seats?: readonly string[];
  start: Position;
  /** Deals and moves of the game. */
  tokens: readonly string[];
  /** Lines that were tried. One that leaves another repeats the other's first tokens. */
  lines: readonly Line[];
  /** Index of the line that is shown; undefined for the game. */
  line?: number | undefined;
  /** How a game that was not finished ended. */
  end?: string;
  /** Number of tokens of the shown line before the shown position. */
  at: number;
}

/** The deals and moves of a line from the start of the game. */
export function tokensOf({ tokens }: Pick<Study, 'tokens'>, line: Line): readonly string[] {
  return [...tokens.slice(0, line.from), ...line.tokens];
}

/** The deals and moves of the shown line. */
export function lineOf(study: Study): readonly string[] {
  return study.line === undefined ? study.tokens : tokensOf(study, study.lines[study.line]!);
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

/** The study after a deal or a move: the next one of the game or of a line, or the first of a new line. */
export function played(study: Study, token: string): Study {
  const { at, tokens, lines, line } = study;
  const shown = lineOf(study);
  const next = [...shown.slice(0, at), token];
  const leadsTo = (whole: readonly string[]) => next.every((token, i) => whole[i] === token);
  if (leadsTo(shown)) return { ...study, at: at + 1 };
  if (leadsTo(tokens)) return { ...study, line: undefined, at: at + 1 };
  const known = lines.findIndex((other) => leadsTo(tokensOf(study, other)));
  if (known >= 0) return { ...study, line: known, at: at + 1 };
  if (at === shown.length) {
    if (line === undefined) return { ...study, tokens: next, at: at + 1 };
    const { from } = lines[line]!;
    return { ...study, lines: lines.with(line, { from, tokens: next.slice(from) }), at: at + 1 };
  }
  const from = line === undefined ? at : Math.min(lines[line]!.from, at);
  return { ...study, lines: [...lines, { from, tokens: next.slice(from) }], line: lines.length, at: at + 1 };
}

/** The game in place of the shown line, at the place where that leaves the game. */
export function backAtGame(study: Study): Study {
  const { line, lines, at } = study;
  return line === undefined ? study : { ...study, line: undefined, at: Math.min(at, lines[line]!.from) };
}

/** The study without a line. */
export function withoutLine(study: Study, index: number): Study {
  const shown = study.line === index ? backAtGame(study) : study;
  const line = shown.line !== undefined && shown.line > index ? shown.line - 1 : shown.line;
  return { ...shown, line, lines: study.lines.toSpliced(index, 1) };
}

/** The study with a line as its game. The rest of the game becomes a line. */
export function promoted(study: Study, index: number): Study {
  const { tokens, lines } = study;
  const line = lines[index]!;
  const kept = lines.map((other, i): Line => {
    if (i === index) return { from: line.from, tokens: tokens.slice(line.from) };
    if (other.from <= line.from) return other;
    return { from: line.from, tokens: tokensOf(study, other).slice(line.from) };
  });
  const game = tokensOf(study, line);
  return {
    ...study,
    tokens: game,
    lines: kept.filter(({ tokens }) => tokens.length > 0),
    line: undefined,
    at: line.from + 1,
  };
}

/** A recorded game at its first decision. */
export function studyOf({ seats, start, tokens }: Pick<RecordedGame, 'seats' | 'start' | 'tokens'>): Study {
  return { names: seats, start, tokens, lines: [], at: tokens[0]?.startsWith('=') ? 1 : 0 };
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
  return [{ names: standardNames(start), start, tokens, lines: [], at: tokens.length }];
}

function standardNames({ rules }: Position): string[] {
  return Array.from({ length: rules.players }, (_, seat) => `Player ${seat + 1}`);
}

// ---- addresses

export function studyQuery({ names, seats, start, tokens, lines, line, at }: Study): URLSearchParams {
  const query = new URLSearchParams({ ...movesQuery({ start, tokens }), at: String(at) });
  if (seats) query.set('seats', seats.join());
  for (const { from, tokens } of lines) {
    query.append('from', String(from));
    query.append('try', tokens.join(' '));
  }
  if (lines.length > 0) query.set('line', line === undefined ? 'game' : String(line));
  if (names.join() !== standardNames(start).join()) for (const name of names) query.append('name', name);
  return query;
}

/** Throws a NotationError that says what is wrong. */
export function parseStudy(query: URLSearchParams): Study {
  const { start, tokens } = parseMoves(query);
  const named = query.getAll('name');
  const { players } = start.rules;
  const study: Study = {
    names: named.length === players ? named : standardNames(start),
    start,
    tokens,
    lines: [],
    at: 0,
  };
  const seats = parseSeats(query);
  if (seats?.length === players) study.seats = seats;
  const starts = query.getAll('from');
  study.lines = query.getAll('try').map((text, i): Line => {
    const from = wholeNumber(starts[i] ?? null, 'from', tokens.length);
    const position = positionAfter({ start, tokens }, from);
    const tried = text.split(/\s+/).filter(Boolean);
    for (const token of tried) applyToken(position, token);
    return { from, tokens: tried };
  });
  // An address of an earlier version has one line, which it shows.
  const shown = query.get('line') ?? (study.lines.length > 0 ? '0' : 'game');
  if (shown !== 'game') study.line = wholeNumber(shown, 'line', study.lines.length - 1);
  const length = lineOf(study).length;
  study.at = query.has('at') ? wholeNumber(query.get('at'), 'at', length) : length;
  return study;
}

function wholeNumber(text: string | null, name: string, max: number): number {
  const n = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!(n <= max)) throw new NotationError(`${name} in the address is not a whole number from 0 to ${max}`);
  return n;
}
