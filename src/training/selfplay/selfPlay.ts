import { Random } from '../../game/random.js';
import { boardAt, ROUND, WALL } from '../../game/state.js';
import { type AzulGame, marginValue } from '../../mcts/azul.js';
import { type Evaluator, Leaves } from '../../mcts/evaluator.js';
import { CHANCE, TERMINAL } from '../../mcts/game.js';
import { Search } from '../../mcts/search.js';
import { GameRecords } from '../data/gameRecords.js';
import type { GameOutcome } from '../data/positionRecord.js';
import type { FinishedGame } from '../data/replayBuffer.js';
import type { SelfPlayJob } from './job.js';

/** Keys of separate random streams. Each stream is seeded with the run's seed, the game's number and its key. */
export const DEALS = 1;
const SEARCH = 2;

/** Temperature below which the best move is played. */
const LOWEST_TEMPERATURE = 0.05;

/** Counts and times of one call of `playGames`. Times are in milliseconds. */
export interface SelfPlayTimes {
  simulations: number;
  evaluations: number;
  batches: number;
  /** Selecting and moving down to leaves. */
  select: number;
  /** Evaluating leaves: encoding and network. */
  evaluate: number;
  /** Expanding leaves and backing up values. */
  backUp: number;
  /** Playing moves, packing finished games and passing them to `onGame`. */
  record: number;
}

/** Settings of a game's moves and value targets. */
type MoveSettings = Pick<SelfPlayJob, 'search' | 'valueLambda'>;

/** A self-play game under way. */
class SelfPlayGame {
  readonly search: Search;
  readonly state: Int32Array;
  number = -1;
  private readonly deals = new Random(0);
  private readonly seeds = new Random(0);
  private readonly policy: Float64Array;
  private readonly values: Float64Array;
  private readonly records: GameRecords;
  private policyEntropy = 0;
  private simulations = 0;
  /** Moves so far. The next game in this slot uses the same memory. */
  private actions = new Uint16Array(256);
  private plies = 0;

  constructor(
    private readonly game: AzulGame,
    private readonly settings: MoveSettings,
  ) {
    this.search = new Search(game, settings.search.simulations + 2);
    this.state = new Int32Array(game.stateSize);
    this.records = new GameRecords(game);
    this.policy = new Float64Array(game.actions);
    this.values = new Float64Array(game.valueSize);
  }

  /** Starts the game with this number in the run. */
  start(runSeed: number, number: number): void {
    this.number = number;
    this.deals.reseed(runSeed, number, DEALS);
    this.seeds.reseed(runSeed, number, SEARCH);
    this.records.clear();
    this.policyEntropy = 0;
    this.simulations = 0;
    this.plies = 0;
    this.state.set(this.game.rules.start());
    this.game.applyChance(this.state, 0, this.deals);
    // The tree still holds the previous game of this slot.
    this.search.tree.clear();
    this.beginSearch();
  }

  private beginSearch(): void {
    this.search.begin(this.state, 0, this.settings.search, this.seeds.next());
  }

  /** Plays the move of the finished search, and the deal if one is due. Returns false if the game is over. */
  advance(): boolean {
    const { game, search, state, policy } = this;
    const count = search.root.policy(policy);
    search.root.values(policy, this.values);
    this.note(count);
    this.policyEntropy += entropy(policy, count);
    this.simulations += search.started;
    const action = search.tree.action[this.chooseEdge()]!;
    game.apply(state, 0, action);
    if (this.plies === this.actions.length) {
      const longer = new Uint16Array(2 * this.plies);
      longer.set(this.actions);
      this.actions = longer;
    }
    this.actions[this.plies++] = action;
    if (game.kind(state, 0) === CHANCE) {
      this.note(0);
      game.applyChance(state, 0, this.deals);
    }
    if (game.kind(state, 0) === TERMINAL) return false;
    this.beginSearch();
    return true;
  }

  private chooseEdge(): number {
    const { initial, halfLife } = this.settings.search.temperature;
    const temperature = initial * 0.5 ** (this.plies / halfLife);
    const { root } = this.search;
    return temperature < LOWEST_TEMPERATURE ? root.best() : root.sample(this.policy, temperature, this.seeds);
  }

  /**
   * Records the position and the first `policySize` entries of its search's policy. With 0 the position has no target
   * policy.
   */
  private note(policySize: number): void {
    this.records.add(this.state, this.values, this.search.tree.action, this.policy, policySize);
  }

  finish(iteration: number): FinishedGame {
    const { game, state } = this;
    return {
      number: this.number,
      iteration,
      plies: this.plies,
      rounds: state[ROUND]!,
      scores: scoresOf(game, state),
      simulations: this.simulations,
      policyEntropy: this.policyEntropy / this.plies,
      actions: this.actions.slice(0, this.plies),
      records: this.records.finish(outcomeOf(game, state), this.settings.valueLambda),
      searchValues: this.records.searchValues(),
    };
  }
}

/** Returns the outcome of a game from its last position. */
export function outcomeOf(game: AzulGame, state: Int32Array): Record<keyof GameOutcome, number[]> {
  return {
    rank: bySeat(game, (p) => game.rankValue(state, 0, p)),
    margin: bySeat(game, (p) => marginValue(game.margin(state, 0, p))),
    walls: bySeat(game, (p) => state[boardAt(0, p) + WALL]!),
  };
}

/** Returns the score of each seat. */
export function scoresOf(game: AzulGame, state: Int32Array): number[] {
  return bySeat(game, (p) => game.rules.score(state, 0, p));
}

function bySeat(game: AzulGame, value: (player: number) => number): number[] {
  return Array.from({ length: game.players }, (_, p) => value(p));
}

/** Settings of the self-play of one thread. */
export interface PlaySettings extends MoveSettings, Pick<SelfPlayJob, 'parallel' | 'seed' | 'iteration' | 'onGame'> {
  game: AzulGame;
  evaluator: Evaluator;
  /** Returns the number of the next game to play, or -1 if there is none. */
  nextGame: () => number;
  /** Called before each batch. True ends the play. */
  stop: () => boolean;
}

/**
 * Plays games side by side until none are left. Each batch has up to one leaf of each game. A game depends on the run's
 * seed, its number, the weights and the search settings. It does not depend on the games beside it or on the thread
 * that plays it.
 */
export async function playGames(options: PlaySettings): Promise<SelfPlayTimes> {
  const { game, evaluator, parallel, seed, iteration, nextGame } = options;
  const times: SelfPlayTimes = {
    simulations: 0,
    evaluations: 0,
    batches: 0,
    select: 0,
    evaluate: 0,
    backUp: 0,
    record: 0,
  };
  const leaves = new Leaves(game, parallel);
  let games: SelfPlayGame[] = [];
  const startNext = (slot: SelfPlayGame) => {
    const number = nextGame();
    if (number >= 0) slot.start(seed, number);
    return number >= 0;
  };
  for (let i = 0; i < parallel; i++) {
    const slot = new SelfPlayGame(game, options);
    if (!startNext(slot)) break;
    games.push(slot);
  }
  while (games.length > 0 && !options.stop()) {
    const t0 = performance.now();
    leaves.count = 0;
    for (const { search } of games) search.gather(leaves, 1);
    const t1 = performance.now();
    if (leaves.count > 0) await evaluator.evaluate(leaves);
    const t2 = performance.now();
    for (const { search } of games) search.receive(leaves);
    const t3 = performance.now();
    times.batches++;
    times.evaluations += leaves.count;
    let ended = false;
    for (const slot of games) {
      if (!slot.search.done) continue;
      times.simulations += slot.search.started;
      if (slot.advance()) continue;
      options.onGame(slot.finish(iteration));
      if (!startNext(slot)) {
        slot.number = -1;
        ended = true;
      }
    }
    if (ended) games = games.filter((slot) => slot.number >= 0);
    const t4 = performance.now();
    times.select += t1 - t0;
    times.evaluate += t2 - t1;
    times.backUp += t3 - t2;
    times.record += t4 - t3;
  }
  return times;
}

/** Returns the entropy of a policy's first `count` entries, -Σ p · ln p, in nats. */
export function entropy(policy: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) if (policy[i]! > 0) sum -= policy[i]! * Math.log(policy[i]!);
  return sum;
}
