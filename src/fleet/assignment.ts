/** Milliseconds before a missing game is offered again to idle workers. The time doubles with each offer. */
const FIRST_BACKUP = 2000;
/** Maximum of that time. */
const LAST_BACKUP = 60_000;

/** The games that a fleet has to play, and their states: not offered, offered, held for an audit, or done. */
export class Assignment {
  private readonly missing: Set<number>;
  private readonly held = new Set<number>();
  /** Time of the last offer of each game, and the number of its offers. */
  private readonly offers = new Map<number, { at: number; times: number }>();
  /** Resolves when no game is missing or the assignment is given up. Rejects if the assignment fails. */
  readonly end: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: unknown) => void;

  constructor(games: readonly number[]) {
    this.missing = new Set(games);
    this.end = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.end.catch(() => {});
    this.endIfDone();
  }

  get size(): number {
    return this.missing.size;
  }

  /** Whether a game is missing and not held. */
  wants(game: number): boolean {
    return this.missing.has(game) && !this.held.has(game);
  }

  /** Holds a game that has arrived: it is not offered until it is taken or dropped. */
  hold(game: number): void {
    this.held.add(game);
  }

  take(game: number): void {
    this.held.delete(game);
    this.missing.delete(game);
    this.endIfDone();
  }

  /** Marks games as missing, so that they are played again. */
  drop(games: readonly number[]): void {
    for (const game of games) {
      this.held.delete(game);
      this.missing.add(game);
      this.offers.delete(game);
    }
  }

  /** Returns the games to offer now: those without an offer and, if workers are idle, those whose last offer is old enough. */
  due(idle: boolean, now: number): number[] {
    const due = [...this.missing].filter((game) => {
      if (this.held.has(game)) return false;
      const offer = this.offers.get(game);
      if (!offer) return true;
      return idle && now - offer.at >= Math.min(LAST_BACKUP, FIRST_BACKUP * 2 ** (offer.times - 1));
    });
    for (const game of due) this.offers.set(game, { at: now, times: (this.offers.get(game)?.times ?? 0) + 1 });
    return due;
  }

  fail(error: unknown): void {
    this.reject(error);
  }

  giveUp(): void {
    this.resolve();
  }

  private endIfDone(): void {
    if (this.missing.size === 0) this.resolve();
  }
}
