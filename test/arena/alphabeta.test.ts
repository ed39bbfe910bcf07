import { describe, expect, it } from 'vitest';
import { AlphaBetaPlayer, AlphaBetaSearch } from '../../src/arena/alphabeta.js';
import { GreedyPlayer } from '../../src/arena/baselines.js';
import { playMatch } from '../../src/arena/match.js';
import { StaticEvaluator } from '../../src/arena/staticEvaluator.js';
import { compare } from '../../src/arena/statistics.js';
import { tilesOf } from '../../src/game/pile.js';
import { Random } from '../../src/game/random.js';
import { Rules } from '../../src/game/rules.js';
import { CENTRE, OVER, PHASE, PLAYING, TURN } from '../../src/game/state.js';

/** The value of a position for a player against all others, by every line of play to the end of the round. */
function minimax(rules: Rules, state: Int32Array, player: number, evaluation: StaticEvaluator): number {
  if (state[PHASE] !== PLAYING) return evaluation.margin(rules, state, 0, player);
  const worths = childrenOf(rules, state).map(([, child]) => minimax(rules, child, player, evaluation));
  return state[TURN] === player ? Math.max(...worths) : Math.min(...worths);
}

function childrenOf(rules: Rules, state: Int32Array): [number, Int32Array][] {
  const actions = new Uint16Array(rules.actions);
  return Array.from(actions.subarray(0, rules.legal(state, 0, actions)), (action) => {
    const child = state.slice();
    rules.apply(child, 0, action);
    return [action, child];
  });
}

/** Positions of random games near the end of a round: at most `most` piles of one colour on the table. */
function endings(players: number, most: number, count: number): Int32Array[] {
  const rules = Rules.for(players);
  const random = new Random(players, most);
  const found: Int32Array[] = [];
  const actions = new Uint16Array(rules.actions);
  while (found.length < count) {
    const state = rules.start();
    while (state[PHASE] !== OVER) {
      const legal = rules.legal(state, 0, actions);
      if (legal === 0) {
        rules.deal(state, 0, random);
        continue;
      }
      if (groupsOf(rules, state) === most && random.int(3) === 0) found.push(state.slice());
      rules.apply(state, 0, actions[random.int(legal)]!);
    }
  }
  return found.slice(0, count);
}

function groupsOf(rules: Rules, state: Int32Array): number {
  let groups = 0;
  for (let source = 0; source <= rules.factories; source++) {
    const pile = source === rules.factories ? tilesOf(state[CENTRE]!) : state[rules.firstFactory + source]!;
    for (let colour = 0; colour < 5; colour++) if ((pile >> (5 * colour)) & 31) groups++;
  }
  return groups;
}

describe('Search', () => {
  it.each([
    [2, 4, 60],
    [2, 5, 8],
    [3, 4, 20],
    [4, 4, 10],
  ])('with %i players and %i piles left finds the value of exhaustive search', (players, piles, count) => {
    const rules = Rules.for(players);
    const evaluation = new StaticEvaluator();
    const search = new AlphaBetaSearch(rules);
    let distinct = 0;
    for (const state of endings(players, piles, count)) {
      const player = state[TURN]!;
      const { action, value, final } = search.run(state, { nodes: Infinity });
      const worths = new Map(
        childrenOf(rules, state).map(([move, child]) => [move, minimax(rules, child, player, evaluation)]),
      );
      expect(final).toBe(true);
      expect(value).toBeCloseTo(Math.max(...worths.values()), 9);
      expect(worths.get(action)).toBeCloseTo(value, 9);
      if (new Set(worths.values()).size > 1) distinct++;
    }
    expect(distinct).toBeGreaterThan(count / 2);
  });

  it('stays within its budget, and moves even with an empty budget', () => {
    const rules = Rules.for(4);
    const state = rules.start();
    rules.deal(state, 0, new Random(1));
    const search = new AlphaBetaSearch(rules);
    expect(search.run(state, { nodes: 5000 }).nodes).toBeLessThanOrEqual(5000);
    const began = performance.now();
    expect(search.run(state, { ms: 10 }).depth).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(500);
    expect(rules.isLegal(state, 0, search.run(state, { nodes: 0 }).action)).toBe(true);
  });
});

describe('AlphaBetaPlayer', () => {
  it('chooses the same move in a position after any other searches', async () => {
    const rules = Rules.for(2);
    const states = Array.from({ length: 6 }, (_, seed) => {
      const state = rules.start();
      rules.deal(state, 0, new Random(seed));
      return state;
    });
    const player = new AlphaBetaPlayer({ nodes: 3000 });
    const actions = await player.choose(states);
    expect((await player.choose([...states].reverse())).reverse()).toEqual(actions);
    expect(await new AlphaBetaPlayer({ nodes: 3000 }).choose(states)).toEqual(actions);
  });

  it.each([
    [2, 1000, 6, 1],
    [3, 2000, 5, 0.75],
    [4, 2000, 4, 0.65],
  ])('at a table of %i beats greedy with %i positions a move', async (seats, nodes, pairs, least) => {
    const contestants = [new AlphaBetaPlayer({ nodes }), new GreedyPlayer()];
    const games = await playMatch({ seats, contestants, seed: 9, from: 0, to: pairs });
    expect(games.every((game) => game.forfeit === undefined)).toBe(true);
    expect(compare(games).score.mean).toBeGreaterThanOrEqual(least);
  });
});
