/** A self-play game that ended a moment ago, as a record with the search's numbers, for whoever watches the run. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { placesOf } from '../../arena/match.js';
import { printGame } from '../../arena/record.js';
import { parseJson, sealed, unsealed } from '../../files.js';
import { sourceOf, withSource } from '../../game/action.js';
import { applyToken, type Position, printDeal, printMove, startPosition } from '../../game/notation.js';
import { Random } from '../../game/random.js';
import { AzulGame, marginPoints } from '../../mcts/azul.js';
import { CHANCE, TERMINAL } from '../../mcts/game.js';
import { type SearchedPosition, unpackSearch } from '../data/positionRecord.js';
import type { FinishedGame } from '../data/replayBuffer.js';
import { DEALS } from '../selfplay/selfPlay.js';

/** What the search said of a position before a move was played. */
export interface SearchNumbers {
  /** The expected result of each seat, 1 for the first and -1 for the last. */
  value: number[];
  /** The expected margin of each seat, in points. */
  margin: number[];
  /** The most probable moves of the policy that is trained on, the first first, with their probabilities. */
  policy: [move: string, probability: number][];
}

export interface WatchedGame {
  /** Counts the games of the run from 0. */
  number: number;
  iteration: number;
  simulations: number;
  /** In the form of record.ts. */
  record: string;
  /** For each deal and move of the record; null for a deal, and where the run keeps no search. */
  searches: (SearchNumbers | null)[];
}

/** Moves of a policy that are worth showing. */
const MOVES = 8;
/** Milliseconds between two games: watching one takes longer. */
const INTERVAL = 10_000;

/** The file with the latest game. */
export class LatestGame {
  private written = -INTERVAL;

  constructor(
    readonly path: string,
    private readonly players: number,
    /** Of the run: the deals come from it. */
    private readonly seed: number,
  ) {}

  /** Takes a game that has just ended; it is kept if the last one has been there for a while. */
  offer(game: FinishedGame): void {
    const now = performance.now();
    if (now - this.written < INTERVAL) return;
    this.written = now;
    try {
      writeFileSync(`${this.path}.unfinished`, sealed(watchedGame(game, this.players, this.seed)));
      renameSync(`${this.path}.unfinished`, this.path);
    } catch {
      // A picture of the run is not worth stopping it for; a disk that is full is told by those that must write.
    }
  }
}

/** The game in such a file, null if there is none; undefined if it is damaged. Other versions did not seal it. */
export function readLatestGame(path: string): WatchedGame | null | undefined {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  try {
    const value = parseJson(text) as object;
    return ('body' in value ? unsealed(text) : value) as WatchedGame | undefined;
  } catch {
    return undefined;
  }
}

/** Plays the game once more: its deals come from the run's seed and its number, as those of self-play. */
export function watchedGame(game: FinishedGame, players: number, seed: number): WatchedGame {
  const azul = new AzulGame(players);
  const { rules } = azul;
  const deals = new Random(0);
  deals.reseed(seed, game.number, DEALS);
  // Self-play sorts the factories after every move; a record leaves them where they are.
  const sorted = rules.start();
  const shown = startPosition(players);
  const tokens: string[] = [];
  const searches: (SearchNumbers | null)[] = [];
  const searched = game.records.map((record) => unpackSearch(azul, record));
  let kept = 0;
  let ply = 0;
  while (azul.kind(sorted, 0) !== TERMINAL) {
    const chance = azul.kind(sorted, 0) === CHANCE;
    const position = searched[kept];
    const here = position?.state.every((word, i) => word === sorted[i]) ? position : undefined;
    if (here) kept++;
    // The first deal of a game is no position of its records.
    const values = game.searchValues.subarray(2 * players * (tokens.length - 1), 2 * players * tokens.length);
    searches.push(here && !chance ? numbersOf(here, values, shown) : null);
    let token: string;
    if (chance) {
      azul.applyChance(sorted, 0, deals);
      token = printDeal(rules, sorted);
    } else {
      const action = game.actions[ply++]!;
      token = printMove(rules, unsorted(shown, sorted, action));
      azul.apply(sorted, 0, action);
    }
    applyToken(shown, token);
    tokens.push(token);
  }
  const seats = Array.from({ length: players }, () => `iteration ${game.iteration}`);
  const places = placesOf(rules, sorted);
  const tags = new Map([['game', String(game.number)]]);
  const record = printGame({ seats, tags, start: startPosition(players), tokens, ...places, finished: true });
  const { number, iteration, simulations } = game;
  return { number, iteration, simulations, record, searches };
}

function numbersOf(
  { state, actions, probabilities }: SearchedPosition,
  values: Float32Array,
  shown: Position,
): SearchNumbers {
  const { players } = shown.rules;
  const sum = probabilities.reduce((a, b) => a + b, 0);
  const byProbability = [...actions.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!).slice(0, MOVES);
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    value: Array.from(values.subarray(0, players), (value) => rounded(value, 3)),
    margin: Array.from(values.subarray(players), (value) => rounded(marginPoints(value), 1)),
    policy: byProbability.map((i) => [
      printMove(shown.rules, unsorted(shown, state, actions[i]!)),
      rounded(probabilities[i]! / sum, 4),
    ]),
  };
}

/** The action that takes the same tiles where the factories are in another order. */
function unsorted({ rules, state }: Position, sorted: Int32Array, action: number): number {
  const source = sourceOf(action);
  if (source === rules.factories) return action;
  const { firstFactory } = rules;
  const same = state.indexOf(sorted[firstFactory + source]!, firstFactory) - firstFactory;
  return withSource(action, same);
}
