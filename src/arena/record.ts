/**
 * Game records: one or many games as lines of text in the notation. Each line begins with a word that says what it holds:
 *
 *     game                          a game begins
 *     seat 0 greedy                 who sits there, for any seat
 *     tag pair 12                   any other fact
 *     position start 2              the first position: this form, or a whole position
 *     moves =BBYK/… 3B4 cRf …       deals and moves, any number in a line
 *     forfeit 1                     this seat lost the game at once; `tag reason …` says why
 *     scores 45 31                  points by seat
 *     tag checksum 5a0c93fe         the CRC-32C of the game's other lines, if it is to be checked
 *     result 0                      the winners, comma between, or none for an unfinished game; the game ends
 *
 * Empty lines and lines that begin with # are ignored.
 */
import { crc32cHex } from '../crc32c.js';
import { applyToken, type Position, parsePosition, printPosition, startPosition } from '../game/notation.js';
import { MAX_PLAYERS, MIN_PLAYERS, OVER, PHASE } from '../game/state.js';
import { NotationError } from '../game/tileNotation.js';
import { AzulGame } from '../mcts/azul.js';
import { TERMINAL } from '../mcts/game.js';
import { placesOf } from './match.js';

/** A game that was read, replayed and scored. */
export interface RecordedGame {
  /** The player of each seat; `seat 0` and so on if it has no name. */
  readonly seats: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  readonly start: Position;
  /** Deals and moves. */
  readonly tokens: readonly string[];
  /** The seat that lost the game at once. */
  readonly forfeit?: number;
  /** Points by seat, at the end of the record. */
  readonly scores: readonly number[];
  /** Place by seat: 1 for the winners. */
  readonly ranks: readonly number[];
  /** Whether the game was played to its end. Otherwise ranks follow the scores as they stand. */
  readonly finished: boolean;
}

/** A record is wrong. The message says what and where. */
export class RecordError extends Error {
  override name = 'RecordError';
}

/** The tag that says why a game was forfeited. */
export const REASON = 'reason';

/** Why a game was forfeited; undefined if it was not, or the record does not say. */
export function reasonOf({ forfeit, tags }: Pick<RecordedGame, 'forfeit' | 'tags'>): string | undefined {
  return forfeit === undefined ? undefined : tags.get(REASON);
}

/** The winners' seats, comma between; `none` for an unfinished game. */
export function winnersOf({ ranks, finished }: Pick<RecordedGame, 'ranks' | 'finished'>): string {
  return finished ? [...ranks.keys()].filter((seat) => ranks[seat] === 1).join() : 'none';
}

/** The lines of a game. */
export function printGame(game: RecordedGame): string {
  const { rules, state } = game.start;
  const fresh = startPosition(rules.players).state.every((word, i) => word === state[i]);
  const lines = ['game', ...game.seats.map((name, seat) => `seat ${seat} ${onOneLine(name)}`)];
  for (const [name, value] of game.tags) lines.push(`tag ${name} ${onOneLine(value)}`);
  lines.push(`position ${fresh ? `start ${rules.players}` : printPosition(game.start)}`);
  lines.push(...rounds(game.tokens).map((tokens) => `moves ${tokens.join(' ')}`));
  if (game.forfeit !== undefined) lines.push(`forfeit ${game.forfeit}`);
  lines.push(`scores ${game.scores.join(' ')}`, `result ${winnersOf(game)}`);
  // Between these two lines, so that a damaged line end before it can't hide it.
  lines.splice(-1, 0, `tag ${CHECKSUM} ${checksumOf(lines)}`);
  return `${lines.join('\n')}\n`;
}

const CHECKSUM = 'checksum';
const CHECKSUM_LINE = /^tag\s+checksum\s+(.*)$/;

function checksumOf(lines: readonly string[]): string {
  return crc32cHex(new TextEncoder().encode(lines.map((line) => line.trim()).join('\n')));
}

function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}

/** The tokens of each round, its deal first. */
export function rounds(tokens: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (const token of tokens) {
    if (token.startsWith('=') || parts.length === 0) parts.push([]);
    parts.at(-1)!.push(token);
  }
  return parts;
}

/** The positions of a game, the start first, one more than there are tokens. Each is a copy. */
export function* positionsOf({ start, tokens }: Pick<RecordedGame, 'start' | 'tokens'>): Generator<Position> {
  const position = { rules: start.rules, state: start.state.slice() };
  yield { ...position, state: position.state.slice() };
  for (const token of tokens) {
    applyToken(position, token);
    yield { ...position, state: position.state.slice() };
  }
}

/** A section of a text of games. */
export interface GameText {
  text: string;
  /** Number of its first line in the whole text, from 1. */
  line: number;
}

/** Cuts a text before each game, so that an unreadable game does not affect the others. */
export function gameTexts(text: string): GameText[] {
  const sections: GameText[] = [];
  let line = 1;
  for (const section of text.split(/^(?=[^\S\r\n\u2028\u2029]*game(?:\s|$))/m)) {
    if (section.trim() !== '') sections.push({ text: section, line });
    line += section.split('\n').length - 1;
  }
  return sections;
}

/**
 * Reads the games of a text and plays each by the rules. A RecordError says where the first fault is. `from` is the position
 * of the text in a larger one.
 */
export function parseGames(text: string, from = { game: 1, line: 1 }): RecordedGame[] {
  const games: RecordedGame[] = [];
  let reading: GameReader | undefined;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const word = line.split(/\s/, 1)[0]!;
    const where = `${reading ? `game ${from.game + games.length}, ` : ''}line ${from.line + i}`;
    try {
      if (word === 'game') {
        if (reading) fail('another game begins, but this one has no result');
        reading = new GameReader(line);
        continue;
      }
      if (!reading) fail(`${quote(word)} comes where a game should begin`);
      const game = reading.read(line, word);
      if (!game) continue;
      games.push(game);
      reading = undefined;
    } catch (error) {
      if (!(error instanceof NotationError || error instanceof RecordError)) throw error;
      throw new RecordError(`${where}: ${error.message}`);
    }
  }
  if (reading) throw new RecordError(`game ${from.game + games.length}: the text ends, but this game has no result`);
  if (games.length === 0) throw new RecordError('it contains no game');
  return games;
}

/** Reads a game line by line. */
class GameReader {
  private readonly names = new Map<number, string>();
  private readonly tags = new Map<string, string>();
  private readonly tokens: string[] = [];
  private start: Position | undefined;
  private now: Position | undefined;
  private plies = 0;
  private forfeit: number | undefined;
  private scores: number[] | undefined;
  private checksum: string | undefined;
  /** All lines but the checksum's. */
  private readonly lines: string[];

  constructor(firstLine: string) {
    this.lines = [firstLine];
  }

  /** Reads a line. Returns the game after its last line. */
  read(line: string, word: string): RecordedGame | undefined {
    const rest = line.slice(word.length).trim();
    const [, checksum] = CHECKSUM_LINE.exec(line) ?? [];
    if (checksum === undefined) this.lines.push(line);
    else this.checksum = checksum;
    switch (word) {
      case 'seat':
      case 'tag': {
        if (checksum !== undefined) return undefined;
        const [, name, value] = /^(\S+)\s+(.*)$/.exec(rest) ?? fail(`${quote(`${word} ${rest}`)} lacks a value`);
        if (word === 'tag') this.tags.set(name!, value!);
        else this.names.set(wholeNumber(name!, 'seat', MAX_PLAYERS - 1), value!);
        return undefined;
      }
      case 'position':
        if (this.start) fail('there is a second position');
        this.start = /^start(\s|$)/.test(rest) ? atStart(rest) : parsePosition(rest);
        this.now = { rules: this.start.rules, state: this.start.state.slice() };
        return undefined;
      case 'moves':
        for (const token of rest.split(/\s+/)) if (token !== '') this.play(token);
        return undefined;
      case 'forfeit':
        this.forfeit = wholeNumber(rest, 'forfeit', this.position.rules.players - 1);
        return undefined;
      case 'scores':
        this.scores = rest.split(/\s+/).map((score) => wholeNumber(score, 'scores', 999));
        return undefined;
      case 'result':
        return this.end(rest);
      default:
        return fail(
          `unknown word ${quote(word)}; there are game, seat, tag, position, moves, forfeit, scores and result`,
        );
    }
  }

  private get position(): Position {
    return this.now ?? fail('the position comes later, and should come first');
  }

  private play(token: string): void {
    const deal = token.startsWith('=');
    try {
      applyToken(this.position, token);
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      throw new RecordError(`${deal ? `after ply ${this.plies}` : `ply ${this.plies + 1}`}: ${error.message}`);
    }
    this.tokens.push(token);
    if (!deal) this.plies++;
  }

  private end(result: string): RecordedGame {
    const { rules, state } = this.position;
    const { forfeit } = this;
    // Self-play and the arena end a game after round 20; the rules do not.
    const stopped =
      new AzulGame(rules.players).kind(state, 0) === TERMINAL && result !== 'none' && forfeit === undefined;
    const over = state[PHASE] === OVER || stopped;
    if (over && forfeit !== undefined) fail(`forfeit is ${forfeit}, but the game was played to its end`);
    const finished = over || forfeit !== undefined;
    const places = placesOf(rules, state, forfeit);
    for (const seat of this.names.keys()) if (seat >= rules.players) fail(`there is no seat ${seat} in this game`);
    if (this.scores && String(this.scores) !== String(places.scores)) {
      fail(`scores are ${this.scores.slice(0, 20).join(' ')}, but by the rules they are ${places.scores.join(' ')}`);
    }
    const winners = winnersOf({ ...places, finished });
    if (result !== winners) fail(`result is ${quote(result)}, but by the rules it is ${winners}`);
    if (this.checksum !== undefined && this.checksum !== checksumOf(this.lines)) {
      fail(`a line of this game was changed; if that was intended, remove its line tag ${CHECKSUM}`);
    }
    return {
      seats: Array.from({ length: rules.players }, (_, seat) => this.names.get(seat) ?? `seat ${seat}`),
      tags: this.tags,
      start: this.start!,
      tokens: this.tokens,
      ...(forfeit === undefined ? {} : { forfeit }),
      ...places,
      finished,
    };
  }
}

function atStart(text: string): Position {
  const [, players, ...more] = text.split(/\s+/);
  const n = Number(players);
  if (more.length > 0 || !Number.isInteger(n) || n < MIN_PLAYERS || n > MAX_PLAYERS) {
    fail(`position is ${quote(text)}, not start and ${MIN_PLAYERS} to ${MAX_PLAYERS} players, or a whole position`);
  }
  return startPosition(n);
}

function wholeNumber(text: string, what: string, max: number): number {
  const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(n <= max)) fail(`${what} has ${quote(text)}, not a whole number from 0 to ${max}`);
  return n;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function fail(what: string): never {
  throw new RecordError(what);
}
