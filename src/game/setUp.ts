/** A position and the moves after it in one line, as the engine protocol, the command line and the page read it. */
import { applyToken, type Position, parsePosition, startPosition } from './notation.js';
import { MAX_PLAYERS, MIN_PLAYERS } from './state.js';
import { NotationError, quote } from './tileNotation.js';

/** The position of `<POSITION> [moves …]` or `start <players> [moves …]`. A NotationError says what is wrong. */
export function parseSetUp(text: string): Position {
  const { position, tokens } = splitSetUp(text);
  for (const token of tokens) applyToken(position, token);
  return position;
}

/** The position before the moves, with the moves and deals. These are not yet checked. */
export function splitSetUp(text: string): { position: Position; tokens: string[] } {
  const end = text.search(/\smoves(\s|$)/);
  if (end < 0) return { position: parseStart(text), tokens: [] };
  return { position: parseStart(text.slice(0, end).trimEnd()), tokens: text.slice(end).trim().split(/\s+/).slice(1) };
}

function parseStart(text: string): Position {
  const [first, players = '', ...more] = text.split(/\s+/);
  if (first !== 'start') return parsePosition(text);
  if (more.length > 0) {
    throw new NotationError(`${quote(more[0]!)} comes after the number of players; only the word moves can follow it`);
  }
  const n = /^\d+$/.test(players) ? Number(players) : Number.NaN;
  if (n >= MIN_PLAYERS && n <= MAX_PLAYERS) return startPosition(n);
  const found = players && `, not ${quote(players)}`;
  throw new NotationError(`position start must be a whole number from ${MIN_PLAYERS} to ${MAX_PLAYERS}${found}`);
}
