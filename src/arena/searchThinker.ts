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
  MAX_SIMULATIONS,
  type PolicyAndValues,
  type SearchBudget,
  type SearchOptions,
  type SearchReport,
} from './thinker.js';

/** Leaves of one search in a call of the evaluator. A network then has at least half its full speed. */
const BATCH = 16;
/** Rollouts of one evaluation, whose mean is its result. A network needs only one row. */
const SAMPLES = 64;
const PROGRESS_MS = 1000;
/** Milliseconds of the search that warms up. Twice as long made the first moves no faster. */
const WARM_UP_MS = 250;
/** Fraction of a search's time, at its end, in which its tree may not double: doubling takes about 3 %. */
const NO_GROWTH = 0.04;

/** What searches for one number of players need. */
interface Workspace {
  game: AzulGame;
  search: KeptSearch;
  evaluator: Evaluator;
  /** Rows of a single evaluation. */
  samples: number;
  leaves: Leaves;
  /** Changes to the standard settings of a search. */
  changes: Partial<SearchSettings>;
  /** Simulations a millisecond of the last search; 0 before the first. */
  rate: number;
}

/** Opens an evaluator for n players; undefined if there is none. */
export type OpenEvaluator = (players: number) => Promise<Evaluator | undefined>;

/** A thinker by tree search, with an evaluator for the position's players, or without one by uniform priors and rollouts. */
export class SearchThinker implements BatchThinker {
  private readonly workspaces = new Map<number, Promise<Workspace>>();
  private readonly rolloutRandom = new Random(0);
  /** Whether a search has started, so that V8 has compiled its code. */
  private warm = false;

  /** Evaluators are opened when needed. `ready` opens those for these numbers of players and warms up. */
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
      // The next use tries again.
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

  /** The probabilities of all legal actions. Equal factories, which are one for the network, share theirs. */
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

/** Searches the first deal of a game, so that V8 compiles the code before the first move. */
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

/** Searches a position, records the speed, and returns the milliseconds that it took. */
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
  let reportedAt = 0;
  /** Milliseconds of a full batch: as in the last search, or the fastest of this one. Slower ones shared the processor. */
  let batchMs = workspace.rate && BATCH / workspace.rate;

  /** Runs the planned simulations. False if the search has to end, or is proved. */
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
      if (ms < reportedAt + PROGRESS_MS) continue;
      reportedAt = ms;
      progress?.(ms);
    }
    return search.started < MAX_SIMULATIONS && search.tree.proved[ROOT] === 0;
  };

  if (sims !== undefined) {
    search.begin(state, 0, searchSettings(sims, changes), seed);
    await run();
  } else if (changes.considered === 0 || movetime === Infinity) {
    search.begin(state, 0, searchSettings(MAX_SIMULATIONS, { ...changes, considered: 0 }), seed);
    await run();
  } else {
    // Phases of halving take equal time: each plans the simulations that fit at the speed so far. The last phase plans
    // more than fit, because it may be cut short.
    search.begin(state, 0, searchSettings(Infinity, { ...changes, considered: CONSIDERED }), seed);
    let goesOn = await run();
    const { plan } = search.root;
    for (let phases = Math.max(1, Math.ceil(Math.log2(plan.lap))); goesOn; ) {
      const rate = search.started > 0 ? search.started / ms : workspace.rate;
      const share = phases > 1 ? (movetime - ms) / phases : 2 * (movetime - ms);
      const simulations = Math.min(rate * share, MAX_SIMULATIONS - search.started);
      plan.addLaps(Math.max(1, Math.floor(simulations / plan.lap)));
      goesOn = await run();
      if (phases === 1 || rate === 0) continue;
      plan.halve();
      phases--;
    }
  }
  // The speed of a search that a proof ended says little about the next.
  if (workspace.rate === 0 || search.tree.proved[ROOT] === 0) workspace.rate = search.started / Math.max(1, ms);
  return ms;
}

/** The players' expected results, -1 to 1, of a value vector. */
function results(values: ArrayLike<number>, players: number): number[] {
  return Array.from({ length: players }, (_, p) => rankOf(values[p]!, values[players + p]!));
}

/** The players' expected margins, in points, of a value vector. */
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
