import { sourceOf, withSource } from '../game/action.js';
import { canonicalise } from '../game/canonical.js';
import type { Random } from '../game/random.js';
import type { AzulGame } from '../mcts/azul.js';
import { type Evaluator, Leaves } from '../mcts/evaluator.js';
import { Search } from '../mcts/search.js';
import { type SearchSettings, searchSettings } from '../mcts/settings.js';
import type { Player } from './player.js';

/** Max leaves in a call of the evaluator. */
const BATCH = 64;
/** Max leaves of one search in a batch. More would make the search weaker. */
const LEAVES_PER_SEARCH = 8;
/** Max simulations of all searches side by side, unless one alone has more. Their trees then take about 500 MB. */
const MAX_SIMULATIONS_TOGETHER = 500_000;

/** Plays by tree search with any evaluator. The searches of all its games share batches. */
export class SearchPlayer implements Player {
  /** One search for each game side by side. */
  private readonly searches: Search[] = [];
  private readonly settings: SearchSettings;
  private readonly leaves: Leaves;

  /** With 0 simulations the player plays the most probable action of the evaluator's policy. */
  constructor(
    readonly name: string,
    private readonly game: AzulGame,
    private readonly evaluator: Evaluator,
    simulations: number,
    changes: Partial<SearchSettings> = {},
  ) {
    // The policy alone needs only the root's priors; its one simulation never runs.
    this.settings = searchSettings(Math.max(1, simulations), changes);
    this.policyAlone = simulations === 0;
    this.leaves = new Leaves(game, BATCH);
  }

  private readonly policyAlone: boolean;

  async choose(positions: readonly Int32Array[], random: Random): Promise<number[]> {
    this.evaluator.reseed?.(random.next());
    const together = Math.max(1, Math.floor(MAX_SIMULATIONS_TOGETHER / this.settings.simulations));
    const actions: number[] = [];
    for (let from = 0; from < positions.length; from += together) {
      actions.push(...(await this.chooseTogether(positions.slice(from, from + together), random)));
    }
    return actions;
  }

  private async chooseTogether(positions: readonly Int32Array[], random: Random): Promise<number[]> {
    const { game, leaves, settings } = this;
    const tasks = positions.map((position, i) => {
      const search = (this.searches[i] ??= new Search(game));
      const state = position.slice();
      const order: number[] = [];
      canonicalise(game.rules, state, 0, order);
      search.begin(state, 0, settings, random.next());
      return { search, order };
    });
    let thinking = tasks.map(({ search }) => search);
    while (thinking.length > 0) {
      for (let from = 0; from < thinking.length; from += BATCH) {
        const sharing = thinking.slice(from, from + BATCH);
        const limit = Math.max(1, Math.min(LEAVES_PER_SEARCH, Math.floor(BATCH / sharing.length)));
        leaves.count = 0;
        for (const search of sharing) search.gather(leaves, limit);
        if (leaves.count > 0) await this.evaluator.evaluate(leaves);
        for (const search of sharing) search.receive(leaves);
      }
      thinking = this.policyAlone ? [] : thinking.filter((search) => !search.done);
    }
    return tasks.map(({ search, order }) => originalAction(game, search.tree.action[search.root.best()]!, order));
  }

  async close(): Promise<void> {
    await this.evaluator.close?.();
  }
}

/** The action in the numbering that factories had before they were sorted. */
export function originalAction(game: AzulGame, action: number, order: readonly number[]): number {
  const source = sourceOf(action);
  return source === game.rules.factories ? action : withSource(action, order[source]!);
}
