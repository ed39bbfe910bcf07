import { canonicalise } from '../game/canonical.js';
import type { Position } from '../game/notation.js';
import { COLOURS } from '../game/pile.js';
import { Random } from '../game/random.js';
import { DESTINATIONS } from '../game/rules.js';
import { AzulGame, marginPoints, rankOf } from '../mcts/azul.js';
import { type Evaluator, Leaves } from '../mcts/evaluator.js';
import { DECISION } from '../mcts/game.js';
import { RolloutEvaluator } from '../mcts/rollout.js';
import { Search } from '../mcts/search.js';
import { FOR_ROLLOUTS, type SearchSettings, searchSettings } from '../mcts/settings.js';
import { principalVariation } from './principalVariation.js';
import {
  type Budget,
  type Evaluation,
  type Line,
  MOST_SIMULATIONS,
  type SearchOptions,
  type SearchReport,
  type Thinker,
} from './thinker.js';

/** Leaves of one search that share a call of the evaluator: a network is then at half its full speed or better. */
const BATCH = 16;
/** Rows of a single evaluation: rollouts are averaged over them. */
const SAMPLES = 64;
const PROGRESS_MS = 1000;
/** Simulations of the search that measures the speed of a first one. */
const CALIBRATION = 64;
/** How long the search lasts that warms up; twice as long makes the first moves no faster. */
const WARM_UP_MS = 250;
/** How long a search takes that measures it again, whatever comes out. */
const TELLING_MS = 10;

/** What thinking about a game with so many players needs. */
interface Desk {
  game: AzulGame;
  search: Search;
  evaluator: Evaluator;
  leaves: Leaves;
  /** How its searches differ from the standard. */
  changes: Partial<SearchSettings>;
  /** Simulations a millisecond of the last search, 0 before the first: what tells how many fit a time. */
  rate: number;
}

/** What judges positions with so many players; undefined where there is nothing but the rules. */
export type OpenEvaluator = (players: number) => Promise<Evaluator | undefined>;

/** Thinks by tree search: with an evaluator for as many players as the position has, or by uniform priors and rollouts. */
export class SearchThinker implements Thinker {
  private readonly desks = new Map<number, Promise<Desk>>();
  private readonly rolloutRandom = new Random(0);

  /** Evaluators are opened once they are needed; `ready` opens those for these numbers of players, and warms up. */
  constructor(
    private readonly open: OpenEvaluator,
    private readonly players: readonly number[] = [2],
  ) {}

  async ready(): Promise<void> {
    const [desk] = await Promise.all(this.players.map((players) => this.desk(players)));
    if (desk?.rate === 0) await warmUp(desk);
  }

  private desk(players: number): Promise<Desk> {
    let desk = this.desks.get(players);
    if (!desk) {
      desk = this.openDesk(players);
      this.desks.set(players, desk);
      // What could not be opened is tried again when it is needed again.
      desk.catch(() => this.desks.delete(players));
    }
    return desk;
  }

  private async openDesk(players: number): Promise<Desk> {
    const game = new AzulGame(players);
    const evaluator = await this.open(players);
    const desk = { game, search: new Search(game, 4096), leaves: new Leaves(game, SAMPLES), rate: 0 };
    if (evaluator) return { ...desk, evaluator, changes: {} };
    return { ...desk, evaluator: new RolloutEvaluator(game, this.rolloutRandom), changes: FOR_ROLLOUTS };
  }

  async evaluate({ rules, state }: Position, seed: number): Promise<Evaluation> {
    const { game, evaluator, leaves } = await this.desk(rules.players);
    const sorted = state.slice();
    canonicalise(rules, sorted, 0);
    this.rolloutRandom.reseed(seed);
    for (let row = 0; row < SAMPLES; row++) leaves.states.set(sorted, row * game.stateSize);
    leaves.count = SAMPLES;
    await evaluator.evaluate(leaves);
    const mean = new Float64Array(game.valueSize);
    for (let row = 0; row < SAMPLES; row++) {
      for (let i = 0; i < mean.length; i++) mean[i]! += leaves.values[row * mean.length + i]! / SAMPLES;
    }
    return { values: results(mean, rules.players), policy: this.policy(game, state, sorted, leaves.logits) };
  }

  /** The probabilities of all legal actions; equal factories, which the network sees as one, share theirs. */
  private policy(game: AzulGame, state: Int32Array, sorted: Int32Array, logits: Float32Array): Evaluation['policy'] {
    const { rules } = game;
    if (game.kind(state, 0) !== DECISION) return [];
    const legal = new Uint16Array(game.actions);
    const actions = [...legal.subarray(0, rules.legal(state, 0, legal))];
    const piles = [...sorted.subarray(rules.firstFactory, rules.firstFactory + rules.factories)];
    const perSource = COLOURS * DESTINATIONS;
    const weights = actions.map((action) => {
      const source = Math.floor(action / perSource);
      if (source === rules.factories) return Math.exp(logits[action]!);
      const pile = state[rules.firstFactory + source]!;
      const first = piles.indexOf(pile);
      const equal = piles.lastIndexOf(pile) - first + 1;
      return Math.exp(logits[first * perSource + (action % perSource)]!) / equal;
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    return actions.map((action, i) => ({ action, probability: weights[i]! / sum }));
  }

  async search(
    position: Position,
    { sims, movetime }: Budget,
    { multipv, seed }: SearchOptions,
    onProgress?: (report: SearchReport) => void,
  ): Promise<SearchReport> {
    const desk = await this.desk(position.rules.players);
    const started = performance.now();
    const state = position.state.slice();
    canonicalise(position.rules, state, 0);
    this.rolloutRandom.reseed(seed);
    let told = started;
    const progress = (now: number) => {
      if (now < told + PROGRESS_MS) return;
      told = now;
      onProgress?.(report(desk.search, position, multipv, now - started));
    };
    if (movetime === undefined) {
      await think(desk, state, sims!, seed, Number.POSITIVE_INFINITY, progress);
    } else {
      // Halving has to know its simulations beforehand: as many as fit by the speed of the last search. If they took
      // so little time that twice as many fit the rest, the position is searched again.
      const end = started + movetime;
      const fitting = () => Math.floor((end - performance.now()) * desk.rate);
      let simulations = desk.rate === 0 ? CALIBRATION : Math.max(1, fitting());
      for (;;) {
        simulations = Math.min(simulations, MOST_SIMULATIONS);
        await think(desk, state, simulations, seed, end, progress);
        if (desk.search.started < simulations || simulations === MOST_SIMULATIONS) break;
        const more = fitting();
        if (more < 2 * simulations) break;
        simulations = more;
      }
    }
    return report(desk.search, position, multipv, performance.now() - started);
  }
}

/** Searches the first deal of a game, so that no move has to wait while code is compiled. */
async function warmUp(desk: Desk): Promise<void> {
  const { rules } = desk.game;
  const state = rules.start();
  rules.deal(state, 0, new Random(0));
  canonicalise(rules, state, 0);
  await think(desk, state, MOST_SIMULATIONS, 0, performance.now() + WARM_UP_MS, () => {});
}

/** Searches until the simulations are done or the time is over, and notes how fast it went. */
async function think(
  desk: Desk,
  state: Int32Array,
  simulations: number,
  seed: number,
  end: number,
  progress: (now: number) => void,
): Promise<void> {
  const { search, leaves, evaluator } = desk;
  const started = performance.now();
  search.begin(state, 0, searchSettings(simulations, desk.changes), seed);
  let now = started;
  while (!search.done && (now < end || search.started === 0)) {
    leaves.count = 0;
    search.gather(leaves, BATCH);
    if (leaves.count > 0) await evaluator.evaluate(leaves);
    search.receive(leaves);
    now = performance.now();
    progress(now);
  }
  // A search that proofs ended tells little of the next; nor does a short one, unless it was faster than was thought: a
  // rate that a slow start made too low would plan nothing but short ones.
  const rate = search.started / Math.max(1, now - started);
  const typical = search.started === simulations || now >= end;
  if (desk.rate === 0 || (typical && (now - started > TELLING_MS || rate > desk.rate))) desk.rate = rate;
}

/** Expected results of the players in a value vector. */
function results(values: ArrayLike<number>, players: number): number[] {
  return Array.from({ length: players }, (_, p) => rankOf(values[p]!, values[players + p]!));
}

/** Expected margins of the players, in points, in a value vector. */
function margins(values: ArrayLike<number>, players: number): number[] {
  return Array.from({ length: players }, (_, p) => marginPoints(values[players + p]!));
}

function report(search: Search, { rules, state }: Position, multipv: number, timeMs: number): SearchReport {
  const { root, tree } = search;
  const policy = new Float64Array(search.game.actions);
  const values = new Float64Array(search.game.valueSize);
  root.policy(policy);
  root.values(policy, values);
  const lines = root.ranking(multipv).map((edge): Line => {
    const pv = principalVariation(search, edge, state);
    const vector = tree.visits[edge]! > 0 ? root.edgeValues(edge) : values;
    return {
      action: pv[0]!,
      visits: tree.started[edge]!,
      values: results(vector, rules.players),
      margins: margins(vector, rules.players),
      pv,
    };
  });
  return {
    sims: search.started,
    timeMs,
    values: results(values, rules.players),
    margins: margins(values, rules.players),
    lines,
  };
}
