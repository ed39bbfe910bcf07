import { expect, test } from 'vitest';
import { SearchThinker } from '../../src/arena/searchThinker.js';
import { startPosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { DEAL_DUE, OVER, PHASE } from '../../src/game/state.js';
import type { Evaluator } from '../../src/mcts/evaluator.js';

/** Expects 1.557 points for seat 0. This is no whole number, so that it differs from any proved value. */
const KNOWING_NOTHING: Evaluator = {
  evaluate({ count, logits, values }) {
    logits.fill(0);
    for (let row = 0; row < count; row++) values.set([0, 0, 0.0777, -0.0777], 4 * row);
  },
};

test.each([
  ['found by simulations', async () => undefined, 8],
  ['solved by the game', async () => KNOWING_NOTHING, 30],
])('the expected line keeps the value %s', async (_, open, most) => {
  const thinker = new SearchThinker(open);
  const random = new Random(1);
  let proved = 0;
  for (let game = 0; game < 40; game++) {
    const { rules, state } = startPosition(2);
    const legal = new Uint16Array(rules.actions);
    while (state[PHASE] !== OVER) {
      if (state[PHASE] === DEAL_DUE) rules.deal(state, 0, random);
      const moves = rules.legal(state, 0, legal);
      if (moves <= most) {
        const { lines, margins } = await thinker.search({ rules, state }, { sims: 60 }, { multipv: 1, seed: game });
        const end = state.slice();
        for (const action of lines[0]!.pv) rules.apply(end, 0, action);
        const whole = 0 + Math.round(margins[0]!);
        if (end[PHASE] === OVER && Math.abs(margins[0]! - whole) < 1e-4) {
          expect(rules.score(end, 0, 0) - rules.score(end, 0, 1)).toBe(whole);
          proved++;
        }
      }
      rules.apply(state, 0, legal[random.int(moves)]!);
    }
  }
  expect(proved).toBeGreaterThan(10);
});

test('is ready when all it needs for each number of players is open, and opens nothing twice', async () => {
  const opened: number[] = [];
  const open = async (players: number) => void opened.push(players);
  const thinker = new SearchThinker(open as () => Promise<undefined>, [2, 4]);
  await thinker.ready();
  expect(opened).toEqual([2, 4]);
  await thinker.evaluate(startPosition(3), 1);
  await thinker.evaluate(startPosition(4), 1);
  await thinker.ready();
  expect(opened).toEqual([2, 4, 3]);
});

test('warms up once, before the first move is requested', async () => {
  let calls = 0;
  const counting: Evaluator = {
    evaluate({ count, logits, values }) {
      calls++;
      logits.fill(0);
      values.fill(0, 0, count * 4);
    },
  };
  const thinker = new SearchThinker(async () => counting);
  await thinker.ready();
  const once = calls;
  expect(once).toBeGreaterThan(1);
  await thinker.ready();
  expect(calls).toBe(once);
});

test('retries what could not be opened', async () => {
  let failures = 0;
  const thinker = new SearchThinker(async () => {
    if (failures++ === 0) throw new Error('too many open files');
    return undefined;
  });
  await expect(thinker.ready()).rejects.toThrow('too many open files');
  await thinker.ready();
  expect((await thinker.evaluate(startPosition(2), 1)).values).toHaveLength(2);
});

/** Takes `speed()` ms for each row, with a new speed for each call. */
function paced(speed: () => number): Evaluator {
  return {
    evaluate({ count, logits, values }) {
      const end = performance.now() + count * speed();
      while (performance.now() < end);
      logits.fill(0);
      values.fill(0, 0, count * 4);
    },
  };
}

test.each([
  ['faster', 0.2, 0.02],
  ['slower', 0.05, 0.5],
])('a search that gets %s midway uses the time it has', async (_, first, then) => {
  let start = Infinity;
  const thinker = new SearchThinker(async () => paced(() => (performance.now() < start + 60 ? first : then)));
  const { rules, state } = startPosition(2);
  rules.deal(state, 0, new Random(1));
  for (const movetime of [200, 300]) {
    const { timeMs } = await thinker.search({ rules, state }, { movetime }, { multipv: 1, seed: 1 });
    expect(timeMs).toBeGreaterThan(0.95 * movetime);
    start = performance.now();
  }
});

test('a signal ends a search at once, with at least one simulation', async () => {
  for (const open of [async () => undefined, async () => KNOWING_NOTHING]) {
    const thinker = new SearchThinker(open);
    const { rules, state } = startPosition(2);
    rules.deal(state, 0, new Random(1));
    const controller = new AbortController();
    const search = (budget: { sims?: number; movetime?: number }) =>
      thinker.search({ rules, state }, budget, { multipv: 1, seed: 1 }, undefined, controller.signal);
    const endless = search({});
    setTimeout(() => controller.abort(), 50);
    expect((await endless).sims).toBeGreaterThan(0);
    for (const budget of [{}, { sims: 4_000_000 }, { movetime: 3_600_000 }]) {
      const { sims, lines } = await search(budget);
      expect(sims).toBeGreaterThan(0);
      expect(sims).toBeLessThanOrEqual(16);
      expect(rules.isLegal(state, 0, lines[0]!.action)).toBe(true);
    }
  }
});

test('an evaluation calls the network once', async () => {
  const rows: number[] = [];
  const counting: Evaluator = {
    evaluate(leaves) {
      rows.push(leaves.count);
      void KNOWING_NOTHING.evaluate(leaves);
    },
  };
  await new SearchThinker(async () => counting).evaluate(startPosition(2), 1);
  expect(rows).toEqual([1]);
});

test('a slow start does not shorten later searches', async () => {
  let calls = 0;
  const thinker = new SearchThinker(async () => paced(() => (calls++ === 0 ? 60 : 0)));
  const { rules, state } = startPosition(2);
  rules.deal(state, 0, new Random(1));
  const sims: number[] = [];
  for (let seed = 0; seed < 4; seed++) {
    sims.push((await thinker.search({ rules, state }, { movetime: 20 }, { multipv: 1, seed })).sims);
  }
  // The first search has time for one batch of 16 leaves only. At its speed five simulations would fit the second search.
  expect(sims[0]).toBe(16);
  expect(Math.max(...sims.slice(1))).toBeGreaterThan(100);
});
