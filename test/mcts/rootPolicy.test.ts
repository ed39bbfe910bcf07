/** The results of a search at its root, and its noise, compared with the formulas. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { RootPolicy } from '../../src/mcts/rootPolicy.js';
import { type SearchSettings, searchSettings } from '../../src/mcts/settings.js';
import { ROOT, type Tree } from '../../src/mcts/tree.js';
import { type EdgeSketch, handTree } from './handTree.js';
import { sum } from './invariants.js';
import { edgesOf } from './running.js';

function rootOf(tree: Tree, settings: SearchSettings, random = new Random(1)): RootPolicy {
  const root = new RootPolicy(tree);
  // The visits in the sketch belong to this search, not to an earlier one.
  const started = tree.started.slice();
  tree.started.fill(0);
  root.begin(settings, random);
  tree.started.set(started);
  return root;
}

/** The policy after these visits, by action. */
function policyOf(own: number, edges: EdgeSketch[], changes: Partial<SearchSettings>): number[] {
  const tree = handTree(own, edges);
  const out = new Float64Array(9);
  expect(rootOf(tree, searchSettings(16, changes)).policy(out)).toBe(edges.length);
  const byAction = new Array<number>(edges.length);
  for (const edge of edgesOf(tree, ROOT)) byAction[tree.action[edge]!] = out[edge]!;
  return byAction;
}

describe('the policy target', () => {
  const edges = [{ prior: 0.5, q: 0.2, visits: 3 }, { prior: 0.3, q: 0.4, visits: 2 }, { prior: 0.2 }];

  test('for Gumbel is softmax(logits + σ(completed Q))', () => {
    // v_mix: (0.1 + 5 · (0.5·0.2 + 0.3·0.4)/0.8) / 6; σ(q) = (1 + 3) · 0.5 · q.
    const mixed = (0.1 + (5 * 0.22) / 0.8) / 6;
    const weights = [0.5 * Math.exp(0.4), 0.3 * Math.exp(0.8), 0.2 * Math.exp(2 * mixed)];
    const policy = policyOf(0.1, edges, { considered: 0, gumbel: { cVisit: 1, cScale: 0.5 } });
    policy.forEach((p, i) => {
      expect(p).toBeCloseTo(weights[i]! / sum(weights), 6);
    });
  });

  test('for Gumbel does not overflow', () => {
    const policy = policyOf(0.1, edges, { considered: 0, gumbel: { cVisit: 1e6, cScale: 1 } });
    expect(policy).toEqual([0, 1, 0]);
  });

  test('for PUCT is the fraction of visits', () => {
    expect(policyOf(0.1, edges, { selection: 'puct', considered: 0 })).toEqual([0.6, 0.4, 0]);
  });

  test.each(['gumbel', 'puct'] as const)('for %s without visits is the prior', (selection) => {
    const policy = policyOf(0, [{ prior: 0.75 }, { prior: 0.25 }], { selection });
    expect(policy[0]).toBeCloseTo(0.75, 12);
    expect(policy[1]).toBeCloseTo(0.25, 12);
  });
});

describe('the move', () => {
  const play = (edges: EdgeSketch[], changes: Partial<SearchSettings>, more = 0) => {
    const tree = handTree(0, edges);
    const simulations = Math.max(1, more + sum(edges.map(({ visits = 0 }) => visits)));
    return tree.action[rootOf(tree, searchSettings(simulations, changes)).best()];
  };

  test.each<[string, EdgeSketch[], number]>([
    // ln 0.6 = −0.51 and ln 0.3 = −1.20; σ = 3 · q.
    [
      'by logit and value among the most visited',
      [
        { prior: 0.6, q: 0, visits: 2 },
        { prior: 0.3, q: 0.2, visits: 2 },
      ],
      0,
    ],
    [
      'a better value',
      [
        { prior: 0.6, q: 0, visits: 2 },
        { prior: 0.3, q: 0.24, visits: 2 },
      ],
      1,
    ],
    [
      'fewer visits do not count',
      [
        { prior: 0.5, q: -0.9, visits: 2 },
        { prior: 0.3, q: 1, visits: 1 },
      ],
      0,
    ],
    ['without visits the most probable', [{ prior: 0.3 }, { prior: 0.5 }, { prior: 0.2 }], 1],
  ])('with halving: %s', (_, edges, action) => {
    expect(play(edges, { gumbel: { cVisit: 1, cScale: 1 } })).toBe(action);
  });

  test('with halving cut short within a lap: as if the lap had not begun', () => {
    const edges = [
      { prior: 0.4, q: 0, visits: 3 },
      { prior: 0.3, q: 0.5, visits: 2 },
      { prior: 0.3, q: 1, visits: 2 },
    ];
    const gumbel = { cVisit: 1, cScale: 1 };
    expect(play(edges.slice(0, 2), { gumbel })).toBe(0);
    expect(play(edges.slice(0, 2), { gumbel }, 1)).toBe(1);
    // Twelve simulations of three actions are laps of 3, 3, 2, 2, 2: the seventh only starts the third lap.
    expect(play(edges, { gumbel }, 5)).toBe(2);
  });

  test('without halving the most visited action, and the better value breaks ties', () => {
    const changes = { selection: 'puct', considered: 0 } as const;
    const two = [
      { prior: 0.3, q: 0.1, visits: 4 },
      { prior: 0.3, q: 0.2, visits: 4 },
    ];
    expect(play([...two, { prior: 0.4, q: 1, visits: 3 }], changes)).toBe(1);
  });

  test.each([0.5, 1, 2])('is drawn in proportion to policy^(1 / temperature), temperature %f', (temperature) => {
    const tree = handTree(0, [
      { prior: 0.5, q: 0, visits: 6 },
      { prior: 0.3, q: 0, visits: 3 },
      { prior: 0.2, q: 0, visits: 1 },
    ]);
    const root = rootOf(tree, searchSettings(16, { selection: 'puct', considered: 0 }));
    const policy = new Float64Array(3);
    root.policy(policy);
    const weights = [...policy].map((p) => p ** (1 / temperature));
    const random = new Random(5);
    const draws = [0, 0, 0];
    for (let i = 0; i < 20_000; i++) draws[root.sample(policy, temperature, random)]!++;
    draws.forEach((n, edge) => {
      expect(Math.abs(n / 20_000 - weights[edge]! / sum(weights))).toBeLessThan(0.015);
    });
  });

  test('the choice of the move includes Gumbel noise', () => {
    const random = new Random(4);
    const twin = new Random(4);
    const priors = [0.4, 0.3, 0.2, 0.1];
    for (let run = 0; run < 200; run++) {
      const edges = priors.map((prior, i) => ({ prior, q: i / 10, visits: 2 }));
      const tree = handTree(0, edges);
      // Here σ = 3q, and the visits stay with their edges.
      const g = priors.map((prior) => Math.log(Math.fround(prior)) + twin.gumbel());
      const root = rootOf(tree, searchSettings(16, { noise: true, gumbel: { cVisit: 1, cScale: 1 } }), random);
      const scores = edgesOf(tree, ROOT).map((edge) => g[tree.action[edge]!]! + 3 * tree.meanValue(edge));
      expect(root.best()).toBe(scores.indexOf(Math.max(...scores)));
    }
  });
});

test('Gumbel top-k draws actions without replacement in proportion to their priors', () => {
  const priors = [0.5, 0.3, 0.15, 0.05];
  const random = new Random(11);
  const counts = new Map<string, number>();
  const runs = 20_000;
  for (let run = 0; run < runs; run++) {
    const tree = handTree(
      0,
      priors.map((prior) => ({ prior })),
    );
    const root = rootOf(tree, searchSettings(16, { noise: true }), random);
    const first = root.select(0);
    tree.started[first] = 1;
    const key = `${tree.action[first]}${tree.action[root.select(1)]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const a of [0, 1, 2, 3]) {
    for (const b of [0, 1, 2, 3]) {
      if (a === b) continue;
      const p = (priors[a]! * priors[b]!) / (1 - priors[a]!);
      const error = Math.abs((counts.get(`${a}${b}`) ?? 0) - runs * p);
      expect(error).toBeLessThan(4 * Math.sqrt(runs * p * (1 - p)));
    }
  }
});

describe('Dirichlet noise', () => {
  const settings = searchSettings(16, { selection: 'puct', considered: 0, noise: true });
  /** All are above 0.01, so no noise is shaped. */
  const priors = [0.7, 0.2, 0.05, 0.05];
  const noisy = (random: Random, priors: number[]) => {
    const tree = handTree(
      0,
      priors.map((prior) => ({ prior })),
    );
    rootOf(tree, settings, random);
    expect(tree.prior[0]).toBe(Math.max(...edgesOf(tree, ROOT).map((edge) => tree.prior[edge]!)));
    const byAction = new Array<number>(priors.length);
    for (const edge of edgesOf(tree, ROOT)) byAction[tree.action[edge]!] = tree.prior[edge]!;
    return byAction;
  };

  test('keeps three quarters of the priors, which still add up to 1', () => {
    const random = new Random(2);
    for (let run = 0; run < 500; run++) {
      const mixed = noisy(random, priors);
      expect(sum(mixed)).toBeCloseTo(1, 6);
      mixed.forEach((p, i) => {
        expect(p).toBeGreaterThanOrEqual(0.75 * priors[i]! - 1e-7);
      });
    }
  });

  test('has the moments of a Dirichlet distribution with that total', () => {
    const random = new Random(3);
    const runs = 5000;
    const noise = Array.from({ length: runs }, () => (noisy(random, priors)[0]! - 0.75 * 0.7) / 0.25);
    const mean = sum(noise) / runs;
    const variance = sum(noise.map((x) => (x - mean) ** 2)) / runs;
    const exact = (0.25 * 0.75) / (10.83 + 1);
    expect(Math.abs(mean - 0.25)).toBeLessThan(4 * Math.sqrt(exact / runs));
    expect(variance / exact).toBeGreaterThan(0.9);
    expect(variance / exact).toBeLessThan(1.1);
  });

  test('half of it goes to the actions above the mean log prior', () => {
    // Logarithms to base 10, with priors capped at 0.01: -2, -3, -4, -5 with mean -3.5. Two are above it, by 1.5 and 0.5.
    const shaped = [0.9889, 0.001, 0.0001, 0.00001];
    const means = [0.125 + 0.375, 0.125 + 0.125, 0.125, 0.125];
    const random = new Random(4);
    const runs = 5000;
    const noise = Array.from({ length: runs }, () =>
      noisy(random, shaped).map((p, i) => (p - 0.75 * shaped[i]!) / 0.25),
    );
    means.forEach((mean, i) => {
      const found = sum(noise.map((x) => x[i]!)) / runs;
      expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt((mean * (1 - mean)) / 11.83 / runs));
    });
  });
});

test("a root's values are the mean of its edges' values, weighted by its policy", () => {
  const tree = handTree(0, [{ prior: 0.5, q: 0.5, visits: 1 }, { prior: 0.5, q: -0.75, visits: 1 }, { prior: 0 }]);
  const root = rootOf(tree, searchSettings(16, { considered: 0 }));
  root.backUp(0, [-0.5, 0.5]);
  root.backUp(1, [0.75, -0.75]);
  expect(root.edgeValues(0)).toEqual([-0.5, 0.5]);
  const out = new Float64Array(2);
  root.values(Float64Array.of(0.75, 0.25, 0), out);
  expect([...out]).toEqual([-0.1875, 0.1875]);
  // Half of the policy is on an unvisited edge, so the other edges decide.
  root.values(Float64Array.of(0.5, 0, 0.5), out);
  expect([...out]).toEqual([-0.5, 0.5]);
});

test("a root's values stay within the proved bounds for its mover, for any policy", () => {
  const tree = handTree(0, [
    { prior: 0.5, q: 0.25, visits: 4 },
    { prior: 0.5, q: -0.75, visits: 4 },
  ]);
  const root = rootOf(tree, searchSettings(16, { considered: 0 }));
  const out = new Float64Array(2);
  const half = Float64Array.of(0.5, 0.5);
  root.values(half, out);
  expect([...out]).toEqual([0.25, -0.25]);
  tree.lower[ROOT] = 0.125;
  root.values(half, out);
  expect([...out]).toEqual([-0.125, 0.125]);
  expect(root.edgeValues(1)).toEqual([0.75, -0.75]);
});
