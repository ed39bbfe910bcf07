import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { keepDamaged, readJson, writeWhole } from '../files.js';
import { startPosition } from '../game/notation.js';
import { type GameRecord, seating } from './match.js';
import { gameTexts, parseGames, printGame, REASON, RecordError, type RecordedGame, reasonOf } from './record.js';
import { type Pairing, pairingsOf, type TournamentPlan } from './tournament.js';

const PLAN = 'tournament.json';
const GAMES = 'games.azul';
const LOCK = 'lock';

export class TournamentError extends Error {
  override name = 'TournamentError';
}

/**
 * A tournament that outlives its process: a folder with the plan and the games, which are appended as they end. A game
 * that was cut short by the process's end is no game.
 */
export class TournamentFolder {
  /** Games by pairing, those of each by number. */
  private readonly games: Map<string, Map<number, GameRecord>>;
  /** Why no more games can be kept: what follows a line that was cut short could not be read again. */
  private fault: TournamentError | undefined;

  private constructor(
    readonly folder: string,
    private readonly plan: TournamentPlan,
  ) {
    this.games = new Map(pairingsOf(plan).map((pairing) => [keyOf(pairing), new Map()]));
  }

  /** Whether the folder holds a tournament; a TournamentError if that is another one. */
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
      const [was, is] = [known[name as keyof TournamentPlan], value].map((part) => JSON.stringify(part));
      if (was !== is) {
        throw new TournamentError(
          `${folder} holds a tournament with ${name} ${was}, not ${is}; ask for the same, or name another folder`,
        );
      }
    }
    return true;
  }

  /**
   * Opens the tournament in a folder, or begins it there; until it is closed the folder is locked for others. `onDamaged`
   * hears of games that can't be read: they go, to be played again, and a copy of the file stays.
   */
  static open(folder: string, plan: TournamentPlan, onDamaged: (message: string) => void = () => {}): TournamentFolder {
    try {
      mkdirSync(folder, { recursive: true });
      lock(folder);
      if (!TournamentFolder.holds(folder, plan)) {
        writeFileSync(join(folder, `${PLAN}.unfinished`), `${JSON.stringify(plan, undefined, 1)}\n`);
        renameSync(join(folder, `${PLAN}.unfinished`), join(folder, PLAN));
      }
    } catch (error) {
      if (error instanceof TournamentError) throw error;
      throw new TournamentError(
        `cannot keep a tournament in ${folder}: ${(error as Error).message}; name another folder`,
      );
    }
    const tournament = new TournamentFolder(folder, plan);
    tournament.readGames(onDamaged);
    return tournament;
  }

  /** The games of a pairing so far, by pair and rotation. */
  gamesOf(pairing: Pairing): GameRecord[] {
    return [...this.known(pairing)].sort(([x], [y]) => x - y).map(([, game]) => game);
  }

  /** The numbers of those games, `pair * seats + rotation`. */
  numbersOf(pairing: Pairing): Set<number> {
    return new Set(this.known(pairing).keys());
  }

  /** Keeps a game that has ended. */
  add(pairing: Pairing, game: GameRecord): void {
    if (this.fault) throw this.fault;
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
    try {
      appendFileSync(join(this.folder, GAMES), record);
    } catch (error) {
      const path = join(this.folder, GAMES);
      this.fault = new TournamentError(
        `cannot write to ${path}: ${(error as Error).message}; make room, and the same command goes on`,
      );
      throw this.fault;
    }
    this.known(pairing).set(this.numberOf(game), game);
  }

  close(): void {
    rmSync(join(this.folder, LOCK), { force: true });
  }

  private known(pairing: Pairing): Map<number, GameRecord> {
    return this.games.get(keyOf(pairing))!;
  }

  private numberOf({ pair, rotation }: { pair: number; rotation: number }): number {
    return pair * this.plan.players + rotation;
  }

  private readGames(onDamaged: (message: string) => void): void {
    const path = join(this.folder, GAMES);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const last = [...text.matchAll(/^result .*\n/gm)].at(-1);
    const whole = last ? text.slice(0, last.index + last[0].length) : '';
    if (whole.length < text.length) {
      truncateSync(path, Buffer.byteLength(whole));
      onDamaged(`${path} ends within a game; that game is played again`);
    }
    const parts = gameTexts(whole);
    const readable = parts.filter(({ text, line }, i) => {
      const game = this.parse(text, { game: i + 1, line }, (message) => {
        onDamaged(`${path}, ${message}; the game is played again`);
      });
      if (game) this.take(game, i + 1, path);
      return game;
    });
    if (readable.length === parts.length) return;
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
      new TournamentError(`${path}, game ${ordinal} is ${what}; mend it, or name another folder`);
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

/** `0-2`: the numbers of the players who meet. */
function keyOf({ a, b }: Pairing): string {
  return `${a}-${b}`;
}

/** Makes the lock, which holds the process's number; that of a process which has ended is taken over. */
function lock(folder: string): void {
  const path = join(folder, LOCK);
  if (existsSync(path)) {
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner > 0 && owner !== process.pid && isAlive(owner)) {
      throw new TournamentError(`${folder} is in use by process ${owner}; stop that one first`);
    }
    rmSync(path);
  }
  writeFileSync(path, String(process.pid), { flag: 'wx' });
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
