/** The arithmetic of the selection rules, compared with values by hand. */
import { describe, expect, test } from 'vitest';
import { completeQ, gumbelInterior, PUCT_DEFAULTS, puct } from '../../src/mcts/selection.js';
import { ROOT } from '../../src/mcts/tree.js';
import { type EdgeSketch, handTree } from './handTree.js';

describe('puct', () => {
  /** c = 1 at any number of visits, and KataGo's first-play urgency. */
  const plain = puct({ cInit: 1, cBase: 1e15, fpuReduction: 0.2 });

  test.each<[string, number, EdgeSketch[], number]>([
    ['a new node opens its first edge', 0.3, [{ prior: 0.6 }, { prior: 0.4 }], 0],
    // N = 3, √3 = 1.732. Edge 0: 0.5 + 1.732·0.5/4 = 0.717; unvisited: V = (0 + 1.5)/4 = 0.375, less 0.2·√0.5 = 0.234,
    // plus 1.732·0.5 = 1.1.
    ['exploration', 0, [{ prior: 0.5, q: 0.5, visits: 3 }, { prior: 0.5 }], 1],
    // The same with a prior of 0.2: 0.375 - 0.2·√0.8 + 0.346 = 0.542 against 0.5 + 1.732·0.8/4 = 0.846.
    ['exploitation', 0, [{ prior: 0.8, q: 0.5, visits: 3 }, { prior: 0.2 }], 0],
    // Equal values: 1 visit and prior 0.4 (√4·0.4/2 = 0.4) against 3 visits and prior 0.6 (√4·0.6/4 = 0.3).
    [
      'fewer visits for the prior',
      0,
      [
        { prior: 0.6, q: 0.1, visits: 3 },
        { prior: 0.4, q: 0.1, visits: 1 },
      ],
      1,
    ],
    // Two pending simulations on edge 0 lower its bonus (2·0.6/6 = 0.2, was 0.3) and not its value.
    [
      'simulations that are out',
      0,
      [
        { prior: 0.6, q: 0.4, visits: 1, out: 4 },
        { prior: 0.4, q: 0.3, visits: 1 },
      ],
      1,
    ],
    // The first edge wins a tie.
    [
      'ties',
      0,
      [
        { prior: 0.5, q: 0.1, visits: 1 },
        { prior: 0.5, q: 0.1, visits: 1 },
      ],
      0,
    ],
  ])('%s', (_, own, edges, best) => {
    expect(plain(handTree(own, edges), ROOT)).toBe(best);
  });

  test("first-play urgency: the scores are equal at the node's mean less 0.2·√(prior visited)", () => {
    // Unvisited: V − 0.2·√0.75 + √2·0.25, with V = (0.2 + 2q)/3. Visited: q + √2·0.75/3. Equal at this q:
    const turning = 3 * (0.2 / 3 - 0.2 * Math.sqrt(0.75) + Math.SQRT2 * 0.25 - (Math.SQRT2 * 0.75) / 3);
    for (const [q, best] of [
      [turning - 0.001, 1],
      [turning + 0.001, 0],
    ] as const) {
      expect(plain(handTree(0.2, [{ prior: 0.75, q, visits: 2 }, { prior: 0.25 }]), ROOT)).toBe(best);
    }
  });

  test('c grows with the logarithm of the visits', () => {
    // At N = cBase − 1 visits the default c is 1.25 + ln 2; there edge 1 has the same score as edge 0 if their values
    // differ by that c times the difference of P·√N/(1 + n).
    const n = PUCT_DEFAULTS.cBase - 1;
    const c = 1.25 + Math.log(2);
    const bonus = (prior: number, visits: number) => (c * prior * Math.sqrt(n)) / (1 + visits);
    const gap = bonus(0.5, 100) - bonus(0.5, n - 100);
    for (const [q, best] of [
      [gap + 0.0005, 0],
      [gap - 0.0005, 1],
    ] as const) {
      const tree = handTree(0, [
        { prior: 0.5, q, visits: n - 100 },
        { prior: 0.5, q: 0, visits: 100 },
      ]);
      expect(puct(PUCT_DEFAULTS)(tree, ROOT)).toBe(best);
    }
  });
});

describe('completeQ (Danihelka et al. 2022, appendix D)', () => {
  const settings = { cVisit: 50, cScale: 0.5 };

  test.each<[string, number, EdgeSketch[], { mixed: number; scale: number; started: number }]>([
    ["without visits: the node's own value", 0.4, [{ prior: 1 }], { mixed: 0.4, scale: 25, started: 0 }],
    // (0.4 + 4 · 0.9) / 5
    [
      'one action visited',
      0.4,
      [{ prior: 0.5, q: 0.9, visits: 4 }, { prior: 0.5 }],
      { mixed: 0.8, scale: 27, started: 4 },
    ],
    // Actions are weighted by priors, not by visits: (0.2·1 + 0.6·(−0.5)) / 0.8 = −0.125; (0.5 + 4 · −0.125) / 5 = 0
    [
      'two visited, weighed by their priors',
      0.5,
      [{ prior: 0.2, q: 1, visits: 3 }, { prior: 0.6, q: -0.5, visits: 1 }, { prior: 0.2 }],
      { mixed: 0, scale: 26.5, started: 4 },
    ],
    // A pending simulation counts as started and has no Q. (0.5 + 3 · 1) / 4
    [
      'simulations that are out',
      0.5,
      [{ prior: 0.25, q: 1, visits: 1, out: 1 }, { prior: 0.5, out: 1 }, { prior: 0.25 }],
      { mixed: 0.875, scale: 26, started: 3 },
    ],
  ])('%s', (_, own, edges, expected) => {
    const out = { scale: 0, mixed: 0, started: 0 };
    completeQ(handTree(own, edges), ROOT, settings, out);
    expect(out.mixed).toBeCloseTo(expected.mixed, 6);
    expect([out.scale, out.started]).toEqual([expected.scale, expected.started]);
  });
});

describe('the interior rule of Gumbel MuZero', () => {
  const select = gumbelInterior({ cVisit: 1, cScale: 1 });

  test.each<[string, number, EdgeSketch[], number]>([
    ['a new node opens its first edge', 0, [{ prior: 0.5 }, { prior: 0.5 }], 0],
    // mixed = (0 + 1)/2, σ = 2q: weights 0.5·e^2 and 0.5·e^1, π' = 0.731 and 0.269; less 1/2 and 0: 0.231 and 0.269.
    ['falls behind', 0, [{ prior: 0.5, q: 1, visits: 1 }, { prior: 0.5 }], 1],
    // With prior 0.6: π' = 0.803, 0.197; 0.303 against 0.197.
    ['does not yet', 0, [{ prior: 0.6, q: 1, visits: 1 }, { prior: 0.4 }], 0],
    // One more is pending on edge 0: N = 2, mixed = 2/3, σ = 3q, π' = 0.6·e^3 : 0.4·e^2 = 0.803 : 0.197, less 2/3: 0.136.
    ['simulations that are out', 0, [{ prior: 0.6, q: 1, visits: 1, out: 1 }, { prior: 0.4 }], 1],
  ])('%s', (_, own, edges, best) => {
    expect(select(handTree(own, edges), ROOT)).toBe(best);
  });
});
