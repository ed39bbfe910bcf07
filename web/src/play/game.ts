/** A game at the page's table: its seats, its start, and what was played. */

import { LEVELS } from '../../../src/arena/levels.js';
import { placesOf } from '../../../src/arena/match.js';
import { printGame, type RecordedGame } from '../../../src/arena/record.js';
import {
  applyToken,
  type Position,
  parseDeal,
  parsePosition,
  printDeal,
  printPosition,
  startPosition,
} from '../../../src/game/notation.js';
import { Random } from '../../../src/game/random.js';
import { Rules } from '../../../src/game/rules.js';
import { splitSetUp } from '../../../src/game/setUp.js';
import { MAX_PLAYERS, MIN_PLAYERS, PHASE, PLAYING, ROUND, TURN } from '../../../src/game/state.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { TERMINAL } from '../../../src/mcts/game.js';

/** A seat is a person's, or a level's id. */
export const PERSON = 'person';

export interface Game {
  seats: readonly string[];
  /** Names that persons entered, by seat; '' for a default name. */
  names?: readonly string[];
  /** Seeds the deals and the models' moves. */
  seed: number;
  start: Position;
  /** Deals and moves. */
  tokens: readonly string[];
}

export function newGame(seats: readonly string[], seed: number): Game {
  return { seats, seed, start: startPosition(seats.length), tokens: [] };
}

/** A random seed. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
}

/** The position after the first `count` deals and moves, by default after all. */
export function positionAfter({ start, tokens }: Pick<Game, 'start' | 'tokens'>, count = tokens.length): Position {
  const position = { rules: start.rules, state: start.state.slice() };
  for (const token of tokens.slice(0, count)) applyToken(position, token);
  return position;
}

export function isOver({ rules, state }: Position): boolean {
  return new AzulGame(rules.players).kind(state, 0) === TERMINAL;
}

/** The deal that is due, by the game's seed. It is the same again after a move was taken back. */
export function dealFor({ rules, state }: Position, seed: number): string {
  const dealt = state.slice();
  rules.deal(dealt, 0, new Random(seed, state[ROUND]!));
  return printDeal(rules, dealt);
}

/** The game before the last move of a person; undefined if there is none. */
export function takenBack(game: Game): Game | undefined {
  for (let count = game.tokens.length - 1; count >= 0; count--) {
    const { state } = positionAfter(game, count);
    if (state[PHASE] === PLAYING && game.seats[state[TURN]!] === PERSON) {
      return { ...game, tokens: game.tokens.slice(0, count) };
    }
  }
  return undefined;
}

/** The names of the seats, each a different one. */
export function seatNames({ seats, names = [] }: Pick<Game, 'seats' | 'names'>): string[] {
  const alone = seats.filter((seat) => seat === PERSON).length === 1;
  const wanted = seats.map((seat, i) => {
    if (seat !== PERSON) return LEVELS.find(({ id }) => id === seat)!.name;
    return names[i] || (alone ? 'You' : `Player ${i + 1}`);
  });
  return wanted.map((name, i) => (wanted.indexOf(name) === wanted.lastIndexOf(name) ? name : `${name} ${i + 1}`));
}

/** The game as a record, finished or not. */
export function recordOf(played: Game): string {
  const { seed, start, tokens } = played;
  const position = positionAfter({ start, tokens });
  const game: RecordedGame = {
    seats: seatNames(played),
    tags: new Map([['seed', String(seed)]]),
    start,
    tokens,
    ...placesOf(position.rules, position.state),
    finished: isOver(position),
  };
  return printGame(game);
}

/**
 * Reads what a person pastes to start from: a deal, a position with or without moves, or `start 2 moves …`. Throws a
 * NotationError that says what is wrong.
 */
export function parseStart(text: string): Pick<Game, 'start' | 'tokens'> {
  const line = text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^position /, '');
  if (!line.startsWith('=')) {
    const { position, tokens } = splitSetUp(line);
    positionAfter({ start: position, tokens });
    return { start: position, tokens };
  }
  const players = (line.split('/').length - 1) / 2;
  if (!Number.isInteger(players) || players < MIN_PLAYERS || players > MAX_PLAYERS) {
    throw new NotationError('a deal has 5, 7 or 9 factories with / between them, for 2, 3 or 4 players');
  }
  parseDeal(Rules.for(players), line);
  const start = startPosition(players);
  positionAfter({ start, tokens: [line] });
  return { start, tokens: [line] };
}

// ---- addresses

export function gameQuery({ seats, names = [], seed, start, tokens }: Game): URLSearchParams {
  const query = new URLSearchParams({ seats: seats.join(), seed: String(seed), ...movesQuery({ start, tokens }) });
  if (names.some(Boolean)) for (const name of names) query.append('name', name);
  return query;
}

/** The start and the moves of a game, as an address holds them. */
export function movesQuery({ start, tokens }: Pick<Game, 'start' | 'tokens'>): Record<string, string> {
  const text = printPosition(start);
  const fresh = text === printPosition(startPosition(start.rules.players));
  return {
    start: fresh ? String(start.rules.players) : text,
    ...(tokens.length > 0 ? { moves: tokens.join(' ') } : {}),
  };
}

/** Throws a NotationError that says what is wrong. */
export function parseMoves(query: URLSearchParams): Pick<Game, 'start' | 'tokens'> {
  const text = query.get('start') ?? '2';
  const start = /^\d+$/.test(text) ? splitSetUp(`start ${text}`).position : parsePosition(text);
  const tokens = query.get('moves')?.split(/\s+/).filter(Boolean) ?? [];
  positionAfter({ start, tokens });
  return { start, tokens };
}

/** The seats of an address; undefined if it has none. Throws a NotationError that says what is wrong. */
export function parseSeats(query: URLSearchParams): string[] | undefined {
  const seats = query.get('seats')?.split(',');
  for (const seat of seats ?? []) {
    if (seat !== PERSON && !LEVELS.some(({ id }) => id === seat)) {
      throw new NotationError(`seat ${JSON.stringify(seat)} in the address is neither ${PERSON} nor a level`);
    }
  }
  return seats;
}

/** The game of an address, with new deals if it has no seed; undefined if it has no game. Throws a NotationError that says what is wrong. */
export function parseGame(query: URLSearchParams): Game | undefined {
  const seats = parseSeats(query);
  if (!seats) return undefined;
  const { start, tokens } = parseMoves(query);
  if (seats.length !== start.rules.players) {
    throw new NotationError(`the address names ${seats.length} seats for a game of ${start.rules.players}`);
  }
  const seed = query.has('seed') ? Number(query.get('seed')) : freshSeed();
  const named = query.getAll('name');
  return {
    seats,
    ...(named.length === seats.length && { names: named }),
    seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 0,
    start,
    tokens,
  };
}
