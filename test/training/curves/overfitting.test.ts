import { describe, expect, test } from 'vitest';
import { fitnessOf } from '../../../src/training/curves/overfitting.js';
import type { LearningMetrics } from '../../../src/training/run/metrics.js';
import { gapOf } from '../../../src/training/run/scalars.js';
import { metrics } from '../helpers.js';

const losses = (loss: number) => ({
  loss,
  policyLoss: 0,
  valueLoss: 0,
  marginLoss: 0,
  ownershipLoss: 0,
  policyAccuracy: 0,
});

/** A history with one entry for each pair of losses: first on held-out games, then on training games. */
const history = (...pairs: [heldOut: number, seen: number][]): LearningMetrics[] =>
  pairs.map(([heldOut, seen], i) => ({ ...metrics(i + 1), validation: losses(heldOut), seen: losses(seen) }));

test('the gap is measured for each head that has both losses', () => {
  const validation = {
    loss: 3,
    policyLoss: 2,
    valueLoss: 1,
    marginLoss: 0.5,
    ownershipLoss: 0.25,
    policyAccuracy: 0.5,
  };
  const seen = {
    loss: 2.5,
    policyLoss: 1.75,
    valueLoss: 1,
    marginLoss: 0.75,
    ownershipLoss: 0.25,
    policyAccuracy: 0.6,
  };
  expect(gapOf({ validation, seen })).toEqual({
    loss: 0.5,
    policyLoss: 0.25,
    valueLoss: 0,
    marginLoss: -0.25,
    ownershipLoss: 0,
  });
  expect(gapOf({ validation, seen: null })).toBeUndefined();
  expect(gapOf({ validation: null, seen })).toBeUndefined();
});

describe('the fitness of a history', () => {
  test('is unknown before the second measurement, and iterations without one do not count', () => {
    expect(fitnessOf([])).toBeUndefined();
    expect(fitnessOf([...history([2, 2]), metrics(2), metrics(3)])).toBeUndefined();
  });

  const cases: [name: string, expected: string, ...pairs: [number, number][]][] = [
    ['a loss that still falls', 'underfitting', [3, 3], [2.9, 2.9]],
    ['a loss at rest', 'well balanced', [2, 2], [1.99, 1.98]],
    ['a gap of just under a tenth', 'well balanced', [2, 2], [2, 1.81]],
    ['a gap of a tenth', 'moderate overfitting', [2, 2], [2, 1.79]],
    ['a gap while the loss still falls', 'moderate overfitting', [3, 3], [2, 1.75]],
    ['a gap of three tenths', 'high overfitting', [2, 2], [2, 1.39]],
    // Self-play: stronger games are harder to predict.
    ['a floor that rises for both', 'well balanced', [2, 1.98], [2.2, 2.18], [2.4, 2.38]],
    // A fixed set of games that the network memorises.
    ['a training loss that falls alone', 'high overfitting', [2, 1.9], [2, 1.5], [2.1, 1.3]],
  ];
  test.each(cases)('%s: %s', (_, expected, ...pairs) => expect(fitnessOf(history(...pairs))).toBe(expected));

  test('uses the last quarter of the measurements, and at most 20 of them', () => {
    const steady = Array.from({ length: 12 }, (): [number, number] => [2, 2]);
    expect(fitnessOf(history(...steady, [2, 1.3]))).toBe('moderate overfitting');
    expect(fitnessOf(history(...steady, [2, 1.3], [2, 1.3], [2, 1.3]))).toBe('high overfitting');
    const long = Array.from({ length: 1000 }, (_, i): [number, number] => [2, i < 980 ? 1 : 2]);
    expect(fitnessOf(history(...long))).toBe('well balanced');
    expect(fitnessOf(history(...long.slice(0, -1)))).not.toBe('high overfitting');
  });

  test('ignores the entropy of the target policies, scaled by the weight of the policy loss', () => {
    const certain = history([2, 1.9], [2, 1.9]);
    expect(fitnessOf(certain)).toBe('well balanced');
    // 1.6 of the policy loss of 1.8 is entropy. The rest of the loss is 0.4, or 1.2 where the policy has weight 1/2.
    const uncertain = certain.map(({ validation, ...rest }) => ({
      ...rest,
      validation: { ...validation!, policyLoss: 1.8, policyKl: 0.2 },
    }));
    expect(fitnessOf(uncertain)).toBe('moderate overfitting');
    expect(fitnessOf(uncertain, 0.5)).toBe('well balanced');
    expect(fitnessOf(uncertain, 1.2)).toBe('high overfitting');
  });
});
