/** The fast interior rule compared with the formula in the paper, with a softmax over all actions. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GumbelSettings, gumbelInterior } from '../../src/mcts/selection.js';
import { ROOT, type Tree } from '../../src/mcts/tree.js';
import { handTree } from './handTree.js';
import { sum } from './invariants.js';
import { edgesOf } from './running.js';

/** π'(a) − n(a)/(1 + N) of each edge, computed from logarithms so that nothing overflows. */
function naiveScores(tree: Tree, { cVisit, cScale }: GumbelSettings): number[] {
  const edges = edgesOf(tree, ROOT);
  const started = edges.map((edge) => tree.started[edge]!);
  const n = sum(started);
  const visited = edges.filter((edge) => tree.visits[edge]! > 0);
  const q = (edge: number) => tree.total[edge]! / tree.visits[edge]!;
  const priors = sum(visited.map((edge) => tree.prior[edge]!));
  const weighed = sum(visited.map((edge) => tree.prior[edge]! * q(edge)));
  const own = tree.values[tree.mover[ROOT]!]!;
  const mixed = visited.length === 0 ? own : (own + (n * weighed) / priors) / (1 + n);
  const sigma = (value: number) => (cVisit + Math.max(...started)) * cScale * value;
  const logits = edges.map((edge) => Math.log(tree.prior[edge]!) + sigma(tree.visits[edge]! > 0 ? q(edge) : mixed));
  const greatest = Math.max(...logits);
  const total = sum(logits.map((logit) => Math.exp(logit - greatest)));
  return edges.map((edge, i) => Math.exp(logits[i]! - greatest) / total - tree.started[edge]! / (1 + n));
}

const edge = fc.record({
  weight: fc.oneof(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.constantFrom(1e-6, 1)),
  q: fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(-1, 0, 1)),
  visits: fc.oneof(fc.nat(3), fc.nat(5000)),
  out: fc.nat(3),
});

test('chooses an edge with the maximum score, at any node', () => {
  fc.assert(
    fc.property(
      fc.array(edge, { minLength: 1, maxLength: 70 }),
      fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: 20 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom({ cVisit: 50, cScale: 1 }, { cVisit: 1, cScale: 0.1 }, { cVisit: 5000, cScale: 2 }),
      (followed, unopened, own, settings) => {
        const opened = followed.filter(({ visits, out }) => visits + out > 0);
        const rest = [...unopened, ...(opened.length === 0 ? [1] : [])].sort((a, b) => b - a);
        const total = sum([...opened.map(({ weight }) => weight), ...rest]);
        const tree = handTree(own, [
          ...opened.map(({ weight, ...counts }) => ({ prior: weight / total, ...counts })),
          ...rest.map((weight) => ({ prior: weight / total })),
        ]);
        const scores = naiveScores(tree, settings);
        const chosen = gumbelInterior(settings)(tree, ROOT);
        expect(chosen).toBeGreaterThanOrEqual(0);
        expect(chosen).toBeLessThan(scores.length);
        // The scores are equal up to rounding, since priors are float32.
        expect(scores[chosen]).toBeGreaterThan(Math.max(...scores) - 1e-6);
      },
    ),
    { numRuns: 500 },
  );
});

test('survives exponents that overflow or vanish', () => {
  const select = gumbelInterior({ cVisit: 1e6, cScale: 1 });
  const edges = (q: number) => [
    { prior: 0.5, q, visits: 2 },
    { prior: 0.5, q: q - 0.1, visits: 1 },
  ];
  // e^(10^6): the better action has all of π'.
  expect(select(handTree(-1, edges(1)), ROOT)).toBe(0);
  expect(select(handTree(-1, [...edges(1), { prior: 1e-3 }]), ROOT)).toBe(0);
  // Both are far below the node's own value, with no other action: e^(−10^5) against e^(−2·10^5).
  expect(select(handTree(1, edges(-0.9)), ROOT)).toBe(0);
  expect(select(handTree(1, edges(-0.9).reverse()), ROOT)).toBe(1);
  // A third action takes all of π'.
  expect(select(handTree(1, [...edges(-0.9), { prior: 1e-3 }]), ROOT)).toBe(2);
});

test('weighs two bad actions exactly, though their shares are tiny compared with the rounding of the priors', () => {
  // Priors of float32 thirds add up to 1 only within 1e-8, and e^(−40) is less.
  const tree = handTree(1, [
    { prior: 1 / 3, q: -1, visits: 1 },
    { prior: 1 / 3, q: -0.5, visits: 1 },
    { prior: 1 / 3, q: -1, visits: 1 },
  ]);
  const settings = { cVisit: 200, cScale: 1 };
  expect(naiveScores(tree, settings)[1]).toBeCloseTo(1 - 1 / 4, 6);
  expect(gumbelInterior(settings)(tree, ROOT)).toBe(1);
});
