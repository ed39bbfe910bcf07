/** A self-play game that has just ended, as a record with the search's numbers, to watch while the run trains. */
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

/** Results of the search of a position before its move. */
export interface SearchNumbers {
  /** Expected result of each seat: 1 for the first place, -1 for the last. */
  value: number[];
  /** Expected margin of each seat, in points. */
  margin: number[];
  /** The moves with the highest probabilities in the target policy, highest first, with these probabilities. */
  policy: [move: string, probability: number][];
}

export interface WatchedGame {
  /** Number of the game in its run, from 0. */
  number: number;
  iteration: number;
  simulations: number;
  /** Record of the game, in the form of record.ts. */
  record: string;
  /** One entry for each deal and move of the record; null for a deal, and for a move without a stored search. */
  searches: (SearchNumbers | null)[];
}

/** Max number of moves to show from a policy. */
const MOVES = 8;
/** Min time between two games, in milliseconds. It takes longer to watch one. */
const INTERVAL = 10_000;

/** The file with the latest game. */
export class LatestGame {
  private written = -INTERVAL;

  constructor(
    readonly path: string,
    private readonly players: number,
    /** Seed of the run, which determines the deals. */
    private readonly seed: number,
  ) {}

  /** Takes a game that has just ended. Writes it if the last game was written at least `INTERVAL` ago. */
  offer(game: FinishedGame): void {
    const now = performance.now();
    if (now - this.written < INTERVAL) return;
    this.written = now;
    try {
      writeFileSync(`${this.path}.unfinished`, sealed(watchedGame(game, this.players, this.seed)));
      renameSync(`${this.path}.unfinished`, this.path);
    } catch {
      // This file is not worth stopping the run. If the disk is full, the writes that matter report it.
    }
  }
}

/**
 * Reads the game from such a file. Returns null if there is no file, and undefined if it is damaged. Other versions did
 * not seal the file.
 */
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

/** Plays the game again. The run's seed and the game's number determine its deals, as in self-play. */
export function watchedGame(game: FinishedGame, players: number, seed: number): WatchedGame {
  const azul = new AzulGame(players);
  const { rules } = azul;
  const deals = new Random(0);
  deals.reseed(seed, game.number, DEALS);
  // Self-play sorts the factories after every move; a record does not.
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
    // The records have no position for the first deal of a game.
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

/** Returns the action that takes the same tiles if the factories are in the order of the position instead of sorted. */
function unsorted({ rules, state }: Position, sorted: Int32Array, action: number): number {
  const source = sourceOf(action);
  if (source === rules.factories) return action;
  const { firstFactory } = rules;
  const same = state.indexOf(sorted[firstFactory + source]!, firstFactory) - firstFactory;
  return withSource(action, same);
}
