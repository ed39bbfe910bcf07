/** Milliseconds before games are offered to idle workers once more; twice as many the next time, up to a limit. */
const FIRST_BACKUP = 2000;
const LAST_BACKUP = 60_000;

/** Games that a fleet is to play, and which of them are out, held for an audit, or done. */
export class Assignment {
  private readonly missing: Set<number>;
  private readonly held = new Set<number>();
  /** When each game was offered, and how often. */
  private readonly offers = new Map<number, { at: number; times: number }>();
  /** Resolves when no game is missing or the assignment was given up; rejects if it failed. */
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

  /** Whether a game is still wanted from the workers. */
  wants(game: number): boolean {
    return this.missing.has(game) && !this.held.has(game);
  }

  /** Keeps a game that has come from being offered, until it is taken or dropped. */
  hold(game: number): void {
    this.held.add(game);
  }

  take(game: number): void {
    this.held.delete(game);
    this.missing.delete(game);
    this.endIfDone();
  }

  /** Games that have to be played again. */
  drop(games: readonly number[]): void {
    for (const game of games) {
      this.held.delete(game);
      this.missing.add(game);
      this.offers.delete(game);
    }
  }

  /** The games that are to be offered now: new ones, and with `idle` workers those that were offered long ago. */
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
