/** The person's games and their reviews, as the browser stores them. */
import type { JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { type Game, gameQuery, isOver, movesQuery, parseGame, positionAfter } from '../play/game.js';
import { Store } from './store.js';

const GAME = 'azul-game:';
const REVIEW = 'azul-review:';
/** The key of an earlier version, which stored up to ten games as lines. */
const LINES = 'azul-games';
const FORMAT = 'azul-zero games 1';

export interface SavedGame {
  id: string;
  game: Game;
  /** The query of the game's address. */
  text: string;
  /** Milliseconds since 1970. */
  changed: number;
}

/** A file that is no export of games. The message says what is wrong. */
export class ImportError extends Error {
  override name = 'ImportError';
}

interface Exported {
  text: string;
  changed: number;
  review?: readonly JudgedMove[] | undefined;
}

/** Each game has an entry of its own, so that two tabs do not overwrite each other's games. */
export class Library {
  private readonly store: Store;

  constructor(onNotice: (message: string) => void) {
    this.store = new Store(onNotice);
    const lines = this.store.read(LINES);
    if (lines === undefined) return;
    for (const text of lines.split('\n').filter(readable).toReversed()) this.put(freshId(), text, Date.now());
    this.store.remove(LINES);
  }

  /** All games that can be read, the one that was moved in last first. */
  games(): SavedGame[] {
    const found: SavedGame[] = [];
    for (const key of this.store.keys().filter((key) => key.startsWith(GAME))) {
      const { text, changed } = parseEntry(this.store.read(key));
      const game = readable(text);
      if (game) found.push({ id: key.slice(GAME.length), game, text, changed });
    }
    return found.sort((a, b) => b.changed - a.changed);
  }

  /** Stores a game in the place of its state before. If another tab has changed that, both are kept. */
  save(game: Game, before: Game): void {
    const [text, replaced] = [gameText(game), gameText(before)];
    const known = this.games();
    const entry = known.find((saved) => saved.text === replaced) ?? known.find((saved) => saved.text === text);
    this.put(entry?.id ?? freshId(), text, Date.now());
  }

  /** The game that was moved in last. */
  last(): Game | undefined {
    return this.games()[0]?.game;
  }

  /** The newest unfinished game other than this one, as the query of its address. */
  other(current: Game): string | undefined {
    const text = gameText(current);
    return this.games().find((saved) => saved.text !== text && !isOver(positionAfter(saved.game)))?.text;
  }

  delete({ id, game }: SavedGame): void {
    this.store.remove(GAME + id);
    this.store.remove(reviewKey(game));
  }

  /** Stores a deleted game again. */
  restore({ id, text, changed }: SavedGame): void {
    this.put(id, text, changed);
  }

  /** The judged moves of a game with the same start and moves; undefined if it was not reviewed. */
  review(game: Pick<Game, 'start' | 'tokens'>): readonly JudgedMove[] | undefined {
    const text = this.store.read(reviewKey(game));
    return text === undefined ? undefined : (parseJson(text) as readonly JudgedMove[] | undefined);
  }

  /** Stores the review of a game, if the game is stored. */
  keepReview(game: Pick<Game, 'start' | 'tokens'>, moves: readonly JudgedMove[]): void {
    const key = reviewKey(game);
    if (this.games().some((saved) => reviewKey(saved.game) === key)) this.store.write(key, printReview(moves));
  }

  /** All games and reviews as the text of one file. */
  export(): string {
    const games = this.games().map(
      ({ game, text, changed }): Exported => ({ text, changed, review: this.review(game) }),
    );
    return JSON.stringify({ format: FORMAT, games }, undefined, 1);
  }

  /** Adds the games of an exported file that are not here yet, and returns their number. Throws an ImportError. */
  import(text: string): number {
    const file = parseJson(text) as { format?: unknown; games?: Exported[] } | undefined;
    if (file?.format !== FORMAT || !Array.isArray(file.games)) {
      throw new ImportError('this is no file of exported games; choose one that “Export all” has written');
    }
    const known = new Set(this.games().map((saved) => saved.text));
    const added = file.games.filter(({ text }) => readable(text) && !known.has(text));
    for (const { text, changed, review } of added) {
      this.put(freshId(), text, Number(changed) || 0);
      if (Array.isArray(review)) this.store.write(reviewKey(readable(text)!), printReview(review));
    }
    return added.length;
  }

  private put(id: string, text: string, changed: number): void {
    this.store.write(GAME + id, JSON.stringify({ text, changed }));
  }
}

function gameText(game: Game): string {
  return gameQuery(game).toString();
}

function reviewKey({ start, tokens }: Pick<Game, 'start' | 'tokens'>): string {
  return REVIEW + new URLSearchParams(movesQuery({ start, tokens }));
}

/** Three decimals are enough, and keep reviews small. */
function printReview(moves: readonly JudgedMove[]): string {
  return JSON.stringify(moves, (_, value) => (typeof value === 'number' ? Math.round(1000 * value) / 1000 : value));
}

function freshId(): string {
  return [Date.now(), crypto.getRandomValues(new Uint32Array(1))[0]!].map((n) => n.toString(36)).join('-');
}

function parseEntry(text = ''): { text: string; changed: number } {
  const { text: game, changed } = (parseJson(text) ?? {}) as { text?: unknown; changed?: unknown };
  return { text: String(game ?? ''), changed: Number(changed) || 0 };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The game of an address's query; undefined if it can't be read, as another version's may be. */
function readable(text: string): Game | undefined {
  try {
    return parseGame(new URLSearchParams(text));
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    return undefined;
  }
}
