/** What the analysis page looks at: a game, a place in it, and perhaps another line that was tried. */
import { parseGames, RecordError, type RecordedGame } from '../../../src/arena/record.js';
import { isLog } from '../../../src/bga/gameLog.js';
import { END, importGame } from '../../../src/bga/importGame.js';
import { applyToken, type Position } from '../../../src/game/notation.js';
import { ROUND } from '../../../src/game/state.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { movesQuery, parseMoves, parseStart, positionAfter } from '../play/game.js';

export interface Study {
  names: readonly string[];
  start: Position;
  /** Deals and moves of the game. */
  tokens: readonly string[];
  /** What was tried instead, after the first `from` tokens of the game. */
  branch?: { from: number; tokens: readonly string[] };
  /** How a game that was not finished ended. */
  end?: string;
  /** Tokens of the line that is looked at before the position shown. */
  at: number;
}

/** The deals and moves of the line that is looked at. */
export function lineOf({ tokens, branch }: Study): readonly string[] {
  return branch ? [...tokens.slice(0, branch.from), ...branch.tokens] : tokens;
}

/** A round of a line: what it is numbered in its game, the place of its first position, and those of its moves' tokens. */
export interface Round {
  number: number;
  place: number;
  moves: number[];
}

/** The rounds of a line of tokens; the first may be one that its start is in the middle of. */
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

export function positionOf(study: Study): Position {
  return positionAfter({ start: study.start, tokens: lineOf(study) }, study.at);
}

/** The study after a deal or a move at its place: the next one of its line, or the first of a line that is tried. */
export function played(study: Study, token: string): Study {
  const { at, tokens, branch } = study;
  const line = lineOf(study);
  if (line[at] === token) return { ...study, at: at + 1 };
  const from = branch ? Math.min(branch.from, at) : at;
  if (at === tokens.length && from === at && !branch) return { ...study, tokens: [...tokens, token], at: at + 1 };
  return { ...study, branch: { from, tokens: [...line.slice(from, at), token] }, at: at + 1 };
}

/** Back at the game, where the tried line left it. */
export function withoutBranch({ branch, ...study }: Study): Study {
  return { ...study, at: branch ? Math.min(study.at, branch.from) : study.at };
}

/** A recorded game at its first decision. */
export function studyOf({ seats, start, tokens }: Pick<RecordedGame, 'seats' | 'start' | 'tokens'>): Study {
  return { names: seats, start, tokens, at: tokens[0]?.startsWith('=') ? 1 : 0 };
}

/**
 * The games of a text: records, a replay of Board Game Arena, or one position, with moves or not. Throws a RecordError, an
 * ImportError or a NotationError.
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
  return Array.from({ length: rules.players }, (_, seat) => `seat ${seat}`);
}

// ---- addresses

export function studyQuery({ names, start, tokens, branch, at }: Study): URLSearchParams {
  const query = new URLSearchParams({ ...movesQuery({ start, tokens }), at: String(at) });
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

function wholeNumber(text: string | null, name: string, most: number): number {
  const n = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!(n <= most)) throw new NotationError(`${name} in the address is not a whole number from 0 to ${most}`);
  return n;
}
