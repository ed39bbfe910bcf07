/**
 * Fair games between players. Every deal sequence is played from all seats. The games of one sequence are a pair, also with
 * three and four seats, where they are three or four games. A pair, not a game, is the unit of statistics.
 */
import { printDeal, printMove } from '../game/notation.js';
import { Random } from '../game/random.js';
import type { Rules } from '../game/rules.js';
import { MAX_PLAYERS, MIN_PLAYERS, ROUND, TURN } from '../game/state.js';
import { AzulGame } from '../mcts/azul.js';
import { CHANCE, TERMINAL } from '../mcts/game.js';
import type { Player } from './player.js';

/** The players of a match, and the games to play. */
export interface MatchOptions {
  /** Seats at the table, 2 to 4. */
  readonly seats: number;
  /** Two players, or one for each seat. */
  readonly contestants: readonly Player[];
  /** Deals depend only on the seed, the pair and the round, so they are the same for all players. */
  readonly seed: number;
  /** The pairs to play, from `from` up to but not including `to`. Several workers can share a match. */
  readonly from: number;
  readonly to: number;
  /** Numbers of games to skip, `pair * seats + rotation`. */
  readonly skip?: ReadonlySet<number>;
  /** Max games under way at once, 256 by default. */
  readonly sideBySide?: number;
  /** Called after each game, in the order in which they end. */
  readonly onGame?: (game: GameRecord) => void;
  /** Called after each step of all games under way, with the number of games that have ended and of all games. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the match early. The result is the games that have ended. */
  readonly signal?: Pick<AbortSignal, 'aborted'>;
}

/** A game of a match, as it ended. */
export interface GameRecord {
  readonly pair: number;
  /** Which of the pair's seatings, from 0. */
  readonly rotation: number;
  /** The number of the contestant in each seat. */
  readonly seats: readonly number[];
  /** Final points by seat. */
  readonly scores: readonly number[];
  /** Place by seat: 1 for the winners, equal standings share a place. */
  readonly ranks: readonly number[];
  /** Moves played, deals not counted. */
  readonly plies: number;
  /** The seat that lost the game by an illegal action. It is ranked last. */
  readonly forfeit?: number;
  /** Why it forfeited, with the player as the subject: `ended with status 3`. */
  readonly reason?: string;
  /** Deals and moves in notation, from the start of the game. */
  readonly tokens: readonly string[];
}

/**
 * Returns the contestant of each seat in one game of a pair. If there is a contestant for each seat, they move round the
 * table. With two contestants at a table of three or four, the first has the seat `rotation` and the second all others.
 */
export function seating(seats: number, contestants: number, rotation: number): number[] {
  return Array.from({ length: seats }, (_, seat) =>
    contestants === seats ? (seat + rotation) % seats : seat === rotation ? 0 : 1,
  );
}

interface Game {
  pair: number;
  rotation: number;
  seats: number[];
  state: Int32Array;
  plies: number;
  tokens: string[];
}

/**
 * Plays the pairs and returns their games, ordered by pair and rotation. The games advance side by side: at each step
 * every contestant is asked once for its moves in all positions that wait for it. Contestants are asked one after the other,
 * so a clock measures only its owner. A contestant's random stream depends on the seed, the range and its number. So the
 * same range gives the same games on every machine.
 */
export async function playMatch(options: MatchOptions): Promise<GameRecord[]> {
  check(options);
  const { seats, contestants, seed, from, to, skip, sideBySide = 256, onGame, onProgress, signal } = options;
  const azul = new AzulGame(seats);
  const deals = new Random();
  const streams = contestants.map((_, contestant) => new Random(seed, from, to, contestant));
  const numbers = Array.from({ length: (to - from) * seats }, (_, i) => from * seats + i).filter((n) => !skip?.has(n));
  const records: GameRecord[] = [];
  const playing: Game[] = [];
  let started = 0;

  const advance = (game: Game): boolean => {
    if (azul.kind(game.state, 0) === CHANCE) {
      deals.reseed(seed, game.pair, game.state[ROUND]!);
      azul.rules.deal(game.state, 0, deals);
      game.tokens.push(printDeal(azul.rules, game.state));
    }
    return azul.kind(game.state, 0) !== TERMINAL;
  };
  const finish = (game: Game, forfeit?: Pick<GameRecord, 'forfeit' | 'reason'>) => {
    playing.splice(playing.indexOf(game), 1);
    const record = recordOf(azul.rules, game, forfeit);
    records.push(record);
    onGame?.(record);
  };

  for (;;) {
    while (started < numbers.length && playing.length < sideBySide) {
      const number = numbers[started++]!;
      const rotation = number % seats;
      const game: Game = {
        pair: Math.floor(number / seats),
        rotation,
        seats: seating(seats, contestants.length, rotation),
        state: azul.rules.start(),
        plies: 0,
        tokens: [],
      };
      advance(game);
      playing.push(game);
    }
    if (playing.length === 0 || signal?.aborted) break;
    const waiting = contestants.map((_, contestant) =>
      playing.filter((game) => game.seats[game.state[TURN]!] === contestant),
    );
    for (const [contestant, games] of waiting.entries()) {
      if (games.length === 0) continue;
      const player = contestants[contestant]!;
      const actions = await player.choose(
        games.map((game) => game.state),
        streams[contestant]!,
      );
      if (actions.length !== games.length) {
        throw new Error(`${player.name} gave ${actions.length} actions for ${games.length} positions`);
      }
      for (const [i, game] of games.entries()) {
        const action = actions[i]!;
        if (!azul.rules.isLegal(game.state, 0, action)) {
          const reason = player.fault?.(game.state) ?? `gives the action ${action}, which is not legal`;
          finish(game, { forfeit: game.state[TURN]!, reason });
          continue;
        }
        game.tokens.push(printMove(azul.rules, action));
        game.plies++;
        azul.rules.apply(game.state, 0, action);
        if (!advance(game)) finish(game);
      }
    }
    onProgress?.(records.length, numbers.length);
  }
  return records.sort((a, b) => a.pair - b.pair || a.rotation - b.rotation);
}

/** Each seat's points, and its place by the scores as they stand. The seat that forfeits is last. */
export function placesOf(rules: Rules, state: Int32Array, forfeit?: number): Pick<GameRecord, 'scores' | 'ranks'> {
  const seats = Array.from({ length: rules.players }, (_, seat) => seat);
  const standings = seats.map((seat) => (seat === forfeit ? -1 : rules.standing(state, 0, seat)));
  return {
    scores: seats.map((seat) => rules.score(state, 0, seat)),
    ranks: standings.map((own) => 1 + standings.filter((other) => other > own).length),
  };
}

function recordOf(rules: Rules, game: Game, forfeited: Pick<GameRecord, 'forfeit' | 'reason'> = {}): GameRecord {
  return {
    pair: game.pair,
    rotation: game.rotation,
    seats: game.seats,
    ...placesOf(rules, game.state, forfeited.forfeit),
    plies: game.plies,
    ...forfeited,
    tokens: game.tokens,
  };
}

function check({ seats, contestants, from, to, sideBySide = 1 }: MatchOptions): void {
  if (!(Number.isInteger(seats) && seats >= MIN_PLAYERS && seats <= MAX_PLAYERS)) {
    throw new RangeError(`seats is ${seats}, not ${MIN_PLAYERS} to ${MAX_PLAYERS}`);
  }
  if (contestants.length !== 2 && contestants.length !== seats) {
    throw new RangeError(`contestants are ${contestants.length}, not 2 or one for each of the ${seats} seats`);
  }
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to > from)) {
    throw new RangeError(`pairs from ${from} to ${to} are not a range of whole numbers with at least one pair`);
  }
  if (!(Number.isInteger(sideBySide) && sideBySide >= 1)) {
    throw new RangeError(`sideBySide is ${sideBySide}, not a whole number of games`);
  }
}
