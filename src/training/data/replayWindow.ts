import { Random } from '../../game/random.js';
import { type ReplayBuffer, ReplayBufferError } from './replayBuffer.js';

/** How the window grows with the positions that there are. */
export interface WindowGrowth {
  minWindow: number;
  maxWindow: number;
  /** Positions that the window gains for each new one beyond `minWindow`, 0 to 1. */
  growth: number;
}

/**
 * Size of the window after n positions: all of them up to `minWindow`, then `growth` of each new one, up to `maxWindow`.
 * The line is the window of Wu 2019, appendix C, with its exponent α = 1.
 */
export function windowSize(n: number, { minWindow, maxWindow, growth }: WindowGrowth): number {
  if (n <= minWindow) return minWindow;
  const grown = minWindow * (1 + growth * (n / minWindow - 1));
  return Math.min(maxWindow, Math.round(grown));
}

/** Keys the hash of game numbers apart from other streams of chance. */
const HELD_OUT = 0x7e57;

const hash = new Random();

/** Whether a game is held out of training, by a hash of its number: always the same ones, about this part of all. */
export function isHeldOut(game: number, fraction: number): boolean {
  hash.reseed(game, HELD_OUT);
  return hash.float() < fraction;
}

/** Which positions of the window are drawn more often than others, and which never. */
export interface DrawSettings {
  /** How many times as likely the newest position of the window is drawn as the oldest; exponential in between. */
  recency: number;
  /** Part of the games that is held out for validation. */
  validationFraction: number;
}

/** How often positions were drawn. */
export interface ReuseStatistics {
  /** Draws so far, those of positions that have left the window included. */
  drawn: number;
  /** Draws of a position in the window, on average and at most. */
  window: { mean: number; most: number };
  /** Training positions that have left the window, and draws of one of them. */
  left: { positions: number; mean: number; most: number };
}

/** What a window needs to go on as it was, besides the buffer. */
export interface WindowState {
  /** The last iteration whose games it may hold, and the positions that it was to hold. */
  iteration: number;
  size: number;
  /** Training positions up to that iteration. */
  seen: number;
  /** Draws of positions that have left it: all of them, and the most of one. */
  left: { drawn: number; most: number };
  /** Draws of each of its positions. */
  uses: Uint32Array;
}

interface WindowGame {
  number: number;
  positions: number;
}

/**
 * The newest games of a replay buffer, those to train on apart from those held out, and how often each position was
 * drawn. A draw is a binary search over the games, and a game a few numbers, however large the buffer is.
 */
export class ReplayWindow {
  /** Training positions. */
  positions = 0;
  /** The oldest game, held out or not; 0 if there is none. */
  oldestGame = 0;
  /** Games that are drawn from, and those held out, the oldest first. */
  games: WindowGame[] = [];
  heldOut: WindowGame[] = [];
  /** The first position of each game, counted through the window. */
  private starts: number[] = [];
  /** Of each game the sum of weights up to and including it. */
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
   * Moves to the last games up to an iteration that hold so many positions, or all there are. Returns the training
   * positions of the iterations since the last move. A game that the window has left counts as new if it comes back.
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

  /** Whether it was ever moved. */
  get isSet(): boolean {
    return this.size > 0;
  }

  get heldOutPositions(): number {
    return sumPositions(this.heldOut);
  }

  /** Draws a training position, and counts that. */
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

  /** Takes up a saved state on the same buffer; a ReplayBufferError says if it is another one. */
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

/** The first index whose entry is above the value; entries ascend, and the last one is above it. */
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
