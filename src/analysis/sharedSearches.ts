import { canonicalise } from '../game/canonical.js';
import type { Position } from '../game/notation.js';
import type { AzulGame } from '../mcts/azul.js';
import { type Evaluator, Leaves } from '../mcts/evaluator.js';
import { Search } from '../mcts/search.js';
import { type SearchSettings, searchSettings } from '../mcts/settings.js';

/** Max leaves in a call of the evaluator. */
const BATCH = 64;
/**
 * Max leaves of one search in a batch. More would make its selection worse. It does not depend on the number of searches, so
 * that the result of a search does not depend on the others.
 */
const LEAVES_PER_SEARCH = 8;
/** Max node capacity of a tree that is kept for reuse, about 16 MB. */
const KEPT_NODES = 16_384;

/** A search in progress. */
export interface SharedSearch {
  readonly search: Search;
  /** The position that is searched, as the caller gave it. The search has a canonical copy. */
  readonly position: Position;
}

/** Concurrent searches of many positions. Their leaves share the calls of one evaluator. */
export class SharedSearches<S extends SharedSearch = SharedSearch> {
  /** Unfinished searches, in the order of their turns. */
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

  /** Number of unfinished searches. */
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

  /** Fills a batch and evaluates it. Calls `finish` with each search that is done, whose tree may be reused after the call. */
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

  /** Ends searches without a result. It must not be called during a step. */
  drop(isDropped: (search: S) => boolean): void {
    for (const { search } of this.waiting.filter(isDropped)) this.keep(search);
    this.waiting = this.waiting.filter((search) => !isDropped(search));
  }

  private keep(search: Search): void {
    if (search.tree.nodeCapacity <= KEPT_NODES) this.idle.push(search);
  }
}
