import { Random } from '../../game/random.js';
import { type ReplayBuffer, ReplayBufferError } from './replayBuffer.js';

/** Growth of the window with the number of positions played. */
export interface WindowGrowth {
  minWindow: number;
  maxWindow: number;
  /** Positions that the window gains per new position beyond `minWindow`, 0 to 1. */
  growth: number;
}

/**
 * Returns the size of the window after n positions: `minWindow` at first, then `growth` more for each position beyond
 * it, up to `maxWindow`. This is the window of Wu 2019, appendix C, with the exponent α = 1.
 */
export function windowSize(n: number, { minWindow, maxWindow, growth }: WindowGrowth): number {
  if (n <= minWindow) return minWindow;
  const grown = minWindow * (1 + growth * (n / minWindow - 1));
  return Math.min(maxWindow, Math.round(grown));
}

/** Key that separates the hash of game numbers from other random streams. */
const HELD_OUT = 0x7e57;

const hash = new Random();

/**
 * Whether a game is held out of training. A hash of its number decides, so the answer for a game never changes. About
 * `fraction` of all games are held out.
 */
export function isHeldOut(game: number, fraction: number): boolean {
  hash.reseed(game, HELD_OUT);
  return hash.float() < fraction;
}

/** How likely each position of the window is drawn, and which games are held out. */
export interface DrawSettings {
  /**
   * Probability of drawing the newest position of the window, divided by that of the oldest. It grows exponentially in
   * between.
   */
  recency: number;
  /** Fraction of games that are held out for validation. */
  validationFraction: number;
}

/** Statistics of how often positions were drawn. */
export interface ReuseStatistics {
  /** Number of draws so far. Draws of positions that have left the window count. */
  drawn: number;
  /** Mean and max number of draws per position in the window. */
  window: { mean: number; most: number };
  /** Training positions that have left the window, and the mean and max number of draws per position. */
  left: { positions: number; mean: number; most: number };
}

/** State from which a window continues exactly, on the same buffer. */
export interface WindowState {
  /** Last iteration whose games the window may hold, and the number of positions that was asked for. */
  iteration: number;
  size: number;
  /** Training positions of all iterations up to that one. */
  seen: number;
  /** Draws of positions that have left the window: their total, and the max of one position. */
  left: { drawn: number; most: number };
  /** Number of draws of each position in the window. */
  uses: Uint32Array;
}

interface WindowGame {
  number: number;
  positions: number;
}

/**
 * The newest games of a replay buffer, split into training games and held-out games. It counts how often each training
 * position is drawn. A draw takes a binary search over the games. Each game takes a few numbers of memory, and each
 * training position one count, for any size of the buffer.
 */
export class ReplayWindow {
  /** Number of training positions. */
  positions = 0;
  /** Number of the oldest game, held out or not; 0 if there is none. */
  oldestGame = 0;
  /** Training games and held-out games, each oldest first. */
  games: WindowGame[] = [];
  heldOut: WindowGame[] = [];
  /** Index of each training game's first position among all training positions. */
  private starts: number[] = [];
  /** Sum of the weights of all training games up to and including each one. */
  private ends: number[] = [];
  private uses = new Uint32Array(0);
  private iteration = 0;
  private size = 0;
  private seen = 0;
  private left = { drawn: 0, most: 0 };

  constructor(
    private readonly buffer: ReplayBuffer,
    private readonly settings: DrawSettings,
  ) {}

  /**
   * Moves to the newest games up to `iteration` that together hold at least `size` positions, or to all games if they
   * hold fewer. Returns the number of training positions in the iterations since the last move; a move back counts all
   * iterations. A game that left the window and comes back starts with no draws.
   */
  move(iteration: number, size: number): number {
    const forward = iteration >= this.iteration;
    const played = this.buffer.gamesOf(forward ? this.iteration + 1 : 1, iteration);
    const fresh = sumPositions(played.filter(({ number }) => !this.isHeldOut(number)));
    this.seen = fresh + (forward ? this.seen : 0);
    this.iteration = iteration;
    this.size = size;
    const games = this.buffer.newestGames(iteration, size);
    this.buffer.verify(games.map(({ number }) => number));
    this.fill(games);
    return fresh;
  }

  private isHeldOut(number: number): boolean {
    return isHeldOut(number, this.settings.validationFraction);
  }

  private fill(all: WindowGame[]): void {
    const { games, starts, uses } = this;
    const before = new Map(games.map(({ number }, i) => [number, i]));
    this.oldestGame = all[0]?.number ?? 0;
    this.heldOut = [];
    this.games = [];
    for (const game of all) (this.isHeldOut(game.number) ? this.heldOut : this.games).push(game);
    this.positions = sumPositions(this.games);
    this.uses = new Uint32Array(this.positions);
    this.starts = [];
    this.ends = [];
    let start = 0;
    let weight = 0;
    for (const { number, positions } of this.games) {
      const i = before.get(number);
      if (i !== undefined) {
        this.uses.set(uses.subarray(starts[i]!, starts[i]! + positions), start);
        before.delete(number);
      }
      weight += positions * this.settings.recency ** ((start + positions / 2) / this.positions);
      this.starts.push(start);
      this.ends.push(weight);
      start += positions;
    }
    for (const i of before.values()) {
      const { total, most } = summary(uses.subarray(starts[i]!, starts[i]! + games[i]!.positions));
      this.left = { drawn: this.left.drawn + total, most: Math.max(this.left.most, most) };
    }
  }

  /** Whether the window was ever moved or restored. */
  get isSet(): boolean {
    return this.size > 0;
  }

  get heldOutPositions(): number {
    return sumPositions(this.heldOut);
  }

  /** Draws a training position and counts the draw. */
  draw(random: Random): { game: number; place: number } {
    const i = firstAbove(this.ends, random.float() * this.ends.at(-1)!);
    const { number, positions } = this.games[i]!;
    const place = random.int(positions);
    this.uses[this.starts[i]! + place]!++;
    return { game: number, place };
  }

  reuse(): ReuseStatistics {
    const { total, most } = summary(this.uses);
    const left = this.seen - this.positions;
    return {
      drawn: total + this.left.drawn,
      window: { mean: this.positions > 0 ? total / this.positions : 0, most },
      left: { positions: left, mean: left > 0 ? this.left.drawn / left : 0, most: this.left.most },
    };
  }

  save(): WindowState {
    const { iteration, size, seen, left, uses } = this;
    return { iteration, size, seen, left, uses: uses.slice() };
  }

  /** Restores a saved state, on the same buffer. Throws a ReplayBufferError if the buffer holds other games. */
  restore({ iteration, size, seen, left, uses }: WindowState): void {
    this.move(iteration, size);
    if (uses.length !== this.positions || seen !== this.seen) {
      throw new ReplayBufferError(
        `${this.buffer.path} does not hold the games of the checkpoint; restore that file, or start another run`,
      );
    }
    this.left = left;
    this.uses.set(uses);
  }
}

function sumPositions(games: readonly WindowGame[]): number {
  return games.reduce((sum, { positions }) => sum + positions, 0);
}

function summary(uses: Uint32Array): { total: number; most: number } {
  let total = 0;
  let most = 0;
  for (const n of uses) {
    total += n;
    if (n > most) most = n;
  }
  return { total, most };
}

/**
 * Returns the first index whose entry is above the value. The entries ascend, and the last one must be above the value.
 */
function firstAbove(entries: readonly number[], value: number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
