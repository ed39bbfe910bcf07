import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { keepDamaged, readJson, writeWhole } from '../files.js';
import { startPosition } from '../game/notation.js';
import { FolderLock } from '../lock.js';
import { type GameRecord, seating } from './match.js';
import { gameTexts, parseGames, printGame, REASON, RecordError, type RecordedGame, reasonOf } from './record.js';
import { type Pairing, pairingsOf, type TournamentPlan } from './tournament.js';

const PLAN = 'tournament.json';
const GAMES = 'games.azul';
const PAGE = 'index.html';
/** Flags to append to an existing file. */
const TO_APPEND = constants.O_WRONLY | constants.O_APPEND;

export class TournamentError extends Error {
  override name = 'TournamentError';
}

/**
 * A tournament that outlives its process: a folder with the plan and the games, which are appended as they end. A game that was
 * cut short by the end of the process does not count.
 */
export class TournamentFolder {
  /** Games by pairing, those of each by number. */
  private readonly games: Map<string, Map<number, GameRecord>>;
  /** Why no more games can be written. Lines after one that was cut short could not be read. */
  private fault: TournamentError | undefined;

  private constructor(
    readonly folder: string,
    private readonly plan: TournamentPlan,
    private readonly lock: FolderLock,
  ) {
    this.games = new Map(pairingsOf(plan).map((pairing) => [keyOf(pairing), new Map()]));
  }

  /** Whether the folder holds this tournament. A TournamentError if it holds another one. */
  static holds(folder: string, plan: TournamentPlan): boolean {
    const path = join(folder, PLAN);
    if (!existsSync(path)) return false;
    let known: TournamentPlan;
    try {
      known = (readJson(path) ?? {}) as TournamentPlan;
    } catch (error) {
      throw new TournamentError(`${path} is not readable (${(error as Error).message}); name another folder`);
    }
    for (const [name, value] of Object.entries(plan)) {
      const [was, is] = [known[name as keyof TournamentPlan], value].map((field) => JSON.stringify(field));
      if (was !== is) {
        throw new TournamentError(
          `${folder} holds a tournament with ${name} ${was}, not ${is}; give the same ${name}, or name another folder`,
        );
      }
    }
    return true;
  }

  /**
   * Opens the tournament in a folder, or starts it there. The folder is locked until `close`. `onDamaged` gets messages about
   * unreadable games. These are removed, to be played again, and a copy of the file stays.
   */
  static open(folder: string, plan: TournamentPlan, onDamaged: (message: string) => void = () => {}): TournamentFolder {
    let lock: FolderLock | undefined;
    try {
      mkdirSync(folder, { recursive: true });
      lock = FolderLock.take(folder);
      if (!lock) throw new TournamentError(`${folder} is in use by another process; stop that one first`);
      if (!TournamentFolder.holds(folder, plan)) {
        writeWhole(join(folder, PLAN), `${JSON.stringify(plan, undefined, 1)}\n`);
      }
      const tournament = new TournamentFolder(folder, plan, lock);
      tournament.readGames(onDamaged);
      return tournament;
    } catch (error) {
      lock?.release();
      if (error instanceof TournamentError) throw error;
      throw new TournamentError(
        `cannot keep a tournament in ${folder}: ${(error as Error).message}; name another folder`,
      );
    }
  }

  /** The games of a pairing so far, ordered by pair and rotation. */
  gamesOf(pairing: Pairing): GameRecord[] {
    return [...this.known(pairing)].sort(([x], [y]) => x - y).map(([, game]) => game);
  }

  /** The numbers of those games, `pair * seats + rotation`. */
  numbersOf(pairing: Pairing): Set<number> {
    return new Set(this.known(pairing).keys());
  }

  /** Appends a finished game. */
  add(pairing: Pairing, game: GameRecord): void {
    const { specs, seed, players } = this.plan;
    const contestants = [pairing.a, pairing.b];
    const record = printGame({
      ...game,
      seats: game.seats.map((contestant) => specs[contestants[contestant]!]!),
      tags: new Map(
        Object.entries({
          seed,
          pairing: keyOf(pairing),
          pair: game.pair,
          rotation: game.rotation,
          ...(game.reason === undefined ? {} : { [REASON]: game.reason }),
        }).map(([name, value]) => [name, String(value)]),
      ),
      start: startPosition(players),
      finished: true,
    });
    this.write(GAMES, (path) => {
      const file = openSync(path, TO_APPEND);
      try {
        writeFileSync(file, record);
      } finally {
        closeSync(file);
      }
    });
    this.known(pairing).set(this.numberOf(game), game);
  }

  /** Writes the page with the results. */
  writePage(html: string): void {
    this.write(PAGE, (path) => writeWhole(path, html));
  }

  /** Writes a file, unless the folder has been moved or replaced. */
  private write(name: string, work: (path: string) => void): void {
    const path = join(this.folder, name);
    if (!this.lock.isInPlace) {
      this.fault ??= new TournamentError(
        `${this.folder} was moved or removed while its tournament was played; if it was moved, the same command continues with --out and its new place`,
      );
    }
    if (this.fault) throw this.fault;
    try {
      work(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const remedy = code === 'ENOENT' ? 'put it back' : 'make room';
      this.fault = new TournamentError(
        `cannot write to ${path}: ${message}; ${remedy}, and the same command continues`,
      );
      throw this.fault;
    }
  }

  /** Unlocks the folder. */
  close(): void {
    this.lock.release();
  }

  private known(pairing: Pairing): Map<number, GameRecord> {
    return this.games.get(keyOf(pairing))!;
  }

  private numberOf({ pair, rotation }: { pair: number; rotation: number }): number {
    return pair * this.plan.players + rotation;
  }

  private readGames(onDamaged: (message: string) => void): void {
    const path = join(this.folder, GAMES);
    // The file exists from the start, so a missing file was removed.
    appendFileSync(path, '');
    const text = readFileSync(path, 'utf8');
    const last = [...text.matchAll(/^result .*\n/gm)].at(-1);
    const whole = last ? text.slice(0, last.index + last[0].length) : '';
    if (whole.length < text.length) {
      truncateSync(path, Buffer.byteLength(whole));
      onDamaged(`${path} ends within a game; that game is played again`);
    }
    const texts = gameTexts(whole);
    const readable = texts.filter(({ text, line }, i) => {
      const game = this.parse(text, { game: i + 1, line }, (message) => {
        onDamaged(`${path}, ${message}; the game is played again`);
      });
      if (game) this.take(game, i + 1, path);
      return game;
    });
    if (readable.length === texts.length) return;
    onDamaged(`${path} as it was is kept as ${keepDamaged(path)}`);
    writeWhole(path, readable.map(({ text }) => text).join(''));
  }

  private parse(
    text: string,
    from: { game: number; line: number },
    onDamaged: (message: string) => void,
  ): RecordedGame | undefined {
    try {
      return parseGames(text, from)[0];
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      onDamaged(error.message);
      return undefined;
    }
  }

  private take(game: RecordedGame, ordinal: number, path: string): void {
    const refuse = (what: string) =>
      new TournamentError(`${path}, game ${ordinal} is ${what}; correct it, or name another folder`);
    const { players, pairs } = this.plan;
    const games = this.games.get(game.tags.get('pairing') ?? '');
    const [pair, rotation] = ['pair', 'rotation'].map((name) => Number(game.tags.get(name) ?? Number.NaN)) as [
      number,
      number,
    ];
    const belongs = games && pair < pairs && rotation < players && game.seats.length === players && game.finished;
    const number = this.numberOf({ pair, rotation });
    if (!belongs) throw refuse('none of this tournament');
    if (games.has(number)) throw refuse('there twice');
    const { scores, ranks, tokens, forfeit } = game;
    const reason = reasonOf(game);
    games.set(number, {
      pair,
      rotation,
      seats: seating(players, 2, rotation),
      scores,
      ranks,
      plies: tokens.filter((token) => !token.startsWith('=')).length,
      ...(forfeit === undefined ? {} : { forfeit }),
      ...(reason === undefined ? {} : { reason }),
      tokens,
    });
  }
}

/** `0-2`: the numbers of the players of a pairing. */
function keyOf({ a, b }: Pairing): string {
  return `${a}-${b}`;
}
