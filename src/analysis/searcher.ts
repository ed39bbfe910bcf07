/** The searches of an analysis in a worker thread. analysis.ts runs on the main thread. */
import type { MessagePort } from 'node:worker_threads';
import { searchReport } from '../arena/searchThinker.js';
import type { SearchReport } from '../arena/thinker.js';
import { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { AzulGame } from '../mcts/azul.js';
import { RolloutEvaluator } from '../mcts/rollout.js';
import { FOR_ROLLOUTS } from '../mcts/settings.js';
import { type EvaluatorSettings, evaluatorsWith } from '../players/evaluators.js';
import { type SharedSearch, SharedSearches } from './sharedSearches.js';

/** A search to be done, with a unique number. */
export interface SearchOrder {
  number: number;
  players: number;
  state: Int32Array;
  simulations: number;
  lines: number;
  seed: number;
}

/** A message to a searcher: begin a search, drop the searches with these numbers, or end once all are done. */
export type ToSearcher = { begin: SearchOrder } | { drop: number[] } | 'end';

/** A message from a searcher: the result of a search. */
export interface FromSearcher {
  number: number;
  report: SearchReport;
}

export interface SearcherTask extends EvaluatorSettings {
  port: MessagePort;
}

interface Numbered extends SharedSearch {
  order: SearchOrder;
}

export default async function search({ port, ...settings }: SearcherTask): Promise<void> {
  const open = evaluatorsWith(settings);
  const groups = new Map<number, SharedSearches<Numbered>>();
  const orders: SearchOrder[] = [];
  const dropped = new Set<number>();
  let ending = false;
  let wake = () => {};
  port.on('message', (message: ToSearcher) => {
    if (message === 'end') ending = true;
    else if ('begin' in message) orders.push(message.begin);
    else for (const number of message.drop) dropped.add(number);
    wake();
  });

  const groupFor = async (players: number): Promise<SharedSearches<Numbered>> => {
    const known = groups.get(players);
    if (known) return known;
    const game = new AzulGame(players);
    const evaluator = await open(players);
    const group = new SharedSearches<Numbered>(
      game,
      evaluator ?? new RolloutEvaluator(game, new Random(0)),
      evaluator ? {} : FOR_ROLLOUTS,
    );
    groups.set(players, group);
    return group;
  };
  const finish = ({ order, search, position }: Numbered) => {
    const answer: FromSearcher = { number: order.number, report: searchReport(search, position, order.lines, 0) };
    port.postMessage(answer);
  };

  try {
    for (;;) {
      for (const order of orders.splice(0)) {
        const { players, state, simulations, seed } = order;
        const group = await groupFor(players);
        group.begin({ rules: Rules.for(players), state }, simulations, seed, { order });
      }
      for (const group of groups.values()) {
        if (dropped.size > 0) group.drop(({ order }) => dropped.has(order.number));
        if (group.size > 0) await group.step(finish);
      }
      dropped.clear();
      const isIdle = orders.length === 0 && [...groups.values()].every(({ size }) => size === 0);
      if (isIdle && ending) return;
      // Lets messages arrive between two steps. An idle searcher waits here for the next message.
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (!isIdle) setImmediate(resolve);
      });
    }
  } finally {
    port.close();
  }
}
