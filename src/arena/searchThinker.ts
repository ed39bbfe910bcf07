import { sourceOf, withSource } from '../game/action.js';
import { canonicalise } from '../game/canonical.js';
import type { Position } from '../game/notation.js';
import { Random } from '../game/random.js';
import { AzulGame, marginPoints, rankOf } from '../mcts/azul.js';
import { type Evaluator, Leaves } from '../mcts/evaluator.js';
import { DECISION } from '../mcts/game.js';
import { RolloutEvaluator } from '../mcts/rollout.js';
import type { Search } from '../mcts/search.js';
import { CONSIDERED, FOR_ROLLOUTS, type SearchSettings, searchSettings } from '../mcts/settings.js';
import { ROOT } from '../mcts/tree.js';
import { Breath } from './breath.js';
import { KeptSearch } from './keptSearch.js';
import { principalVariation } from './principalVariation.js';
import {
  type BatchThinker,
  type Line,
  MOST_SIMULATIONS,
  type PolicyAndValues,
  type SearchBudget,
  type SearchOptions,
  type SearchReport,
} from './thinker.js';

/** Leaves of one search that share a call of the evaluator: a network is then at half its full speed or better. */
const BATCH = 16;
/** Rollouts that a single evaluation is the mean of; a network says the same each time. */
const SAMPLES = 64;
const PROGRESS_MS = 1000;
/** How long the search lasts that warms up; twice as long makes the first moves no faster. */
const WARM_UP_MS = 250;
/** Part of a search's time, at its end, in which its tree may not double its memory any more: that takes some 3 %. */
const NO_GROWTH = 0.04;

/** What thinking about a game with so many players needs. */
interface Workspace {
  game: AzulGame;
  search: KeptSearch;
  evaluator: Evaluator;
  /** Rows of a single evaluation. */
  samples: number;
  leaves: Leaves;
  /** How its searches differ from the standard. */
  changes: Partial<SearchSettings>;
  /** Simulations a millisecond of the last search; 0 before the first. */
  rate: number;
}

/** What judges positions with so many players; undefined where there is nothing but the rules. */
export type OpenEvaluator = (players: number) => Promise<Evaluator | undefined>;

/** Thinks by tree search: with an evaluator for as many players as the position has, or by uniform priors and rollouts. */
export class SearchThinker implements BatchThinker {
  private readonly workspaces = new Map<number, Promise<Workspace>>();
  private readonly rolloutRandom = new Random(0);
  /** Whether code is compiled, because a search has run or runs. */
  private warm = false;

  /** Evaluators are opened once they are needed; `ready` opens those for these numbers of players, and warms up. */
  constructor(
    private readonly open: OpenEvaluator,
    private readonly players: readonly number[] = [2],
  ) {}

  async ready(): Promise<void> {
    // One after the other: each keeps the event loop for a while.
    for (const players of this.players) await this.workspace(players);
    if (this.warm) return;
    this.warm = true;
    await warmUp(await this.workspace(this.players[0]!));
  }

  private workspace(players: number): Promise<Workspace> {
    let workspace = this.workspaces.get(players);
    if (!workspace) {
      workspace = this.openWorkspace(players);
      this.workspaces.set(players, workspace);
      // What could not be opened is tried again when it is needed again.
      workspace.catch(() => this.workspaces.delete(players));
    }
    return workspace;
  }

  private async openWorkspace(players: number): Promise<Workspace> {
    const game = new AzulGame(players);
    const evaluator = await this.open(players);
    const workspace = { game, search: new KeptSearch(game), leaves: new Leaves(game, SAMPLES), rate: 0 };
    if (evaluator) return { ...workspace, evaluator, samples: 1, changes: {} };
    const rollouts = new RolloutEvaluator(game, this.rolloutRandom);
    return { ...workspace, evaluator: rollouts, samples: SAMPLES, changes: FOR_ROLLOUTS };
  }

  async evaluate(position: Position, seed: number): Promise<PolicyAndValues> {
    return (await this.evaluateAll([position], seed))[0]!;
  }

  async evaluateAll(positions: readonly Position[], seed: number): Promise<PolicyAndValues[]> {
    if (positions.length === 0) return [];
    const { game, evaluator, leaves, samples } = await this.workspace(positions[0]!.rules.players);
    const { rules, stateSize, valueSize, actions } = game;
    const abreast = Math.floor(leaves.capacity / samples);
    const all: PolicyAndValues[] = [];
    for (let first = 0; first < positions.length; first += abreast) {
      const some = positions.slice(first, first + abreast);
      for (const [i, { state }] of some.entries()) {
        const at = i * samples * stateSize;
        leaves.states.set(state, at);
        canonicalise(rules, leaves.states, at);
        for (let row = 1; row < samples; row++) leaves.states.copyWithin(at + row * stateSize, at, at + stateSize);
      }
      leaves.count = some.length * samples;
      this.rolloutRandom.reseed(seed);
      await evaluator.evaluate(leaves);
      for (const [i, { state }] of some.entries()) {
        const mean = new Float64Array(valueSize);
        for (let row = i * samples; row < (i + 1) * samples; row++) {
          for (let k = 0; k < valueSize; k++) mean[k]! += leaves.values[row * valueSize + k]! / samples;
        }
        const sorted = leaves.states.subarray(i * samples * stateSize, (i * samples + 1) * stateSize);
        const logits = leaves.logits.subarray(i * samples * actions, (i * samples + 1) * actions);
        all.push({ values: results(mean, rules.players), policy: this.policy(game, state, sorted, logits) });
      }
    }
    return all;
  }

  /** The probabilities of all legal actions; equal factories, which the network sees as one, share theirs. */
  private policy(
    game: AzulGame,
    state: Int32Array,
    sorted: Int32Array,
    logits: Float32Array,
  ): PolicyAndValues['policy'] {
    const { rules } = game;
    if (game.kind(state, 0) !== DECISION) return [];
    const legal = new Uint16Array(game.actions);
    const actions = [...legal.subarray(0, rules.legal(state, 0, legal))];
    const piles = [...sorted.subarray(rules.firstFactory, rules.firstFactory + rules.factories)];
    const weights = actions.map((action) => {
      const source = sourceOf(action);
      if (source === rules.factories) return Math.exp(logits[action]!);
      const pile = state[rules.firstFactory + source]!;
      const first = piles.indexOf(pile);
      const equal = piles.lastIndexOf(pile) - first + 1;
      return Math.exp(logits[withSource(action, first)]!) / equal;
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    return actions.map((action, i) => ({ action, probability: weights[i]! / sum }));
  }

  async search(
    position: Position,
    budget: SearchBudget,
    { multipv, seed }: SearchOptions,
    onProgress?: (report: SearchReport) => void,
    signal?: AbortSignal,
  ): Promise<SearchReport> {
    this.warm = true;
    const workspace = await this.workspace(position.rules.players);
    const state = position.state.slice();
    canonicalise(position.rules, state, 0);
    this.rolloutRandom.reseed(seed);
    return workspace.search.use(async (search) => {
      const progress = (ms: number) => onProgress?.(searchReport(search, position, multipv, ms));
      const ms = await think(workspace, search, state, seed, budget, { progress, signal });
      return searchReport(search, position, multipv, ms);
    });
  }
}

/** Searches the first deal of a game, so that no move has to wait while code is compiled. */
async function warmUp(workspace: Workspace): Promise<void> {
  const { rules } = workspace.game;
  const state = rules.start();
  rules.deal(state, 0, new Random(0));
  canonicalise(rules, state, 0);
  await workspace.search.use((search) => think(workspace, search, state, 0, { movetime: WARM_UP_MS }));
}

interface Watching {
  /** Called about once a second with the milliseconds since the start. */
  progress?: (ms: number) => void;
  signal?: AbortSignal | undefined;
}

/** Searches a position and notes how fast that went. Returns the milliseconds it took. */
async function think(
  workspace: Workspace,
  search: Search,
  state: Int32Array,
  seed: number,
  { sims, movetime = Infinity }: SearchBudget,
  { progress, signal }: Watching = {},
): Promise<number> {
  const { leaves, evaluator, changes } = workspace;
  const start = performance.now();
  const breath = new Breath();
  let ms = 0;
  let told = 0;
  /** What a full batch takes: as in the last search, or the fastest, since slower ones had to share the processor. */
  let batchMs = workspace.rate && BATCH / workspace.rate;

  /** Runs the simulations that are planned; false if the search had to end before, or has found all. */
  const run = async (): Promise<boolean> => {
    while (!search.done) {
      leaves.count = 0;
      search.gather(leaves, BATCH);
      if (leaves.count > 0) await evaluator.evaluate(leaves);
      search.receive(leaves);
      if (signal) await breath.take();
      const before = ms;
      ms = performance.now() - start;
      if (leaves.count === BATCH) batchMs = Math.min(batchMs, ms - before);
      if (search.started === 0) continue;
      if (signal?.aborted || ms + batchMs > movetime) return false;
      if (ms > (1 - NO_GROWTH) * movetime && search.tree.isFull(2 * BATCH)) return false;
      if (ms < told + PROGRESS_MS) continue;
      told = ms;
      progress?.(ms);
    }
    return search.started < MOST_SIMULATIONS && search.tree.proved[ROOT] === 0;
  };

  if (sims !== undefined) {
    search.begin(state, 0, searchSettings(sims, changes), seed);
    await run();
  } else if (changes.considered === 0 || movetime === Infinity) {
    search.begin(state, 0, searchSettings(MOST_SIMULATIONS, { ...changes, considered: 0 }), seed);
    await run();
  } else {
    // Each phase of halving takes an equal part of the time: as many simulations as fit by the speed so far. The last
    // phase may always be cut short, and so it has more than fit.
    search.begin(state, 0, searchSettings(Infinity, { ...changes, considered: CONSIDERED }), seed);
    let goesOn = await run();
    const { root } = search;
    for (let phases = Math.max(1, Math.ceil(Math.log2(root.lap))); goesOn; ) {
      const rate = search.started > 0 ? search.started / ms : workspace.rate;
      const share = phases > 1 ? (movetime - ms) / phases : 2 * (movetime - ms);
      const simulations = Math.min(rate * share, MOST_SIMULATIONS - search.started);
      root.addLaps(Math.max(1, Math.floor(simulations / root.lap)));
      goesOn = await run();
      if (phases === 1 || rate === 0) continue;
      root.halve();
      phases--;
    }
  }
  // A search that a proof ended says little about the next.
  if (workspace.rate === 0 || search.tree.proved[ROOT] === 0) workspace.rate = search.started / Math.max(1, ms);
  return ms;
}

/** Expected results of the players in a value vector. */
function results(values: ArrayLike<number>, players: number): number[] {
  return Array.from({ length: players }, (_, p) => rankOf(values[p]!, values[players + p]!));
}

/** Expected margins of the players, in points, in a value vector. */
function margins(values: ArrayLike<number>, players: number): number[] {
  return Array.from({ length: players }, (_, p) => marginPoints(values[players + p]!));
}

/** What a search says of its position so far, `timeMs` after its start. */
export function searchReport(
  search: Search,
  { rules, state }: Position,
  multipv: number,
  timeMs: number,
): SearchReport {
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
