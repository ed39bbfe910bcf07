import { canonicalise } from '../game/canonical.js';
import type { Position } from '../game/notation.js';
import type { AzulGame } from '../mcts/azul.js';
import { type Evaluator, Leaves } from '../mcts/evaluator.js';
import { Search } from '../mcts/search.js';
import { type SearchSettings, searchSettings } from '../mcts/settings.js';

/** Leaves in a call of the evaluator, if the searches have so many. */
const BATCH = 64;
/** Leaves of one search in a batch: more would spoil its choice. The same for any number of searches, so that a search
 * does not depend on the others. */
const LEAVES_PER_SEARCH = 8;
/** Nodes of a tree that is kept for the next search: some 16 MB. */
const KEPT_NODES = 16_384;

/** A search under way. */
export interface SharedSearch {
  readonly search: Search;
  /** What is searched, as it was given. */
  readonly position: Position;
}

/** Searches of many positions side by side, whose leaves share the calls of one evaluator. */
export class SharedSearches<S extends SharedSearch = SharedSearch> {
  /** Those that go on; the next to have their turn come first. */
  private waiting: S[] = [];
  private readonly idle: Search[] = [];
  private readonly leaves: Leaves;

  constructor(
    readonly game: AzulGame,
    private readonly evaluator: Evaluator,
    private readonly changes: Partial<SearchSettings> = {},
  ) {
    this.leaves = new Leaves(game, BATCH);
  }

  /** Searches under way. */
  get size(): number {
    return this.waiting.length;
  }

  /** Begins a search of a position in which a move is due. Equal seeds give equal searches. */
  begin(position: Position, simulations: number, seed: number, more: Omit<S, keyof SharedSearch>): void {
    const search = this.idle.pop() ?? new Search(this.game);
    const state = position.state.slice();
    canonicalise(this.game.rules, state, 0);
    search.begin(state, 0, searchSettings(simulations, this.changes), seed);
    this.waiting.push({ ...more, search, position } as S);
  }

  /** Fills a batch and evaluates it. Gives each search that is done to `finish`, which has to read it at once. */
  async step(finish: (done: S) => void): Promise<void> {
    const { leaves } = this;
    const sharing: S[] = [];
    leaves.count = 0;
    while (this.waiting.length > 0 && leaves.count + LEAVES_PER_SEARCH <= BATCH && sharing.length < BATCH) {
      const next = this.waiting.shift()!;
      next.search.gather(leaves, LEAVES_PER_SEARCH);
      sharing.push(next);
    }
    if (leaves.count > 0) await this.evaluator.evaluate(leaves);
    for (const shared of sharing) {
      const { search } = shared;
      search.receive(leaves);
      if (!search.done) {
        this.waiting.push(shared);
        continue;
      }
      finish(shared);
      this.keep(search);
    }
  }

  /** Ends searches without a result. Not while a step is under way. */
  drop(isDropped: (search: S) => boolean): void {
    for (const { search } of this.waiting.filter(isDropped)) this.keep(search);
    this.waiting = this.waiting.filter((search) => !isDropped(search));
  }

  private keep(search: Search): void {
    if (search.tree.nodeCapacity <= KEPT_NODES) this.idle.push(search);
  }
}
