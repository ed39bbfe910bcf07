import { expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';
import { WeightAverage } from '../../src/training/weightAverage.js';

test('the average follows its formula, starts from the weights and forgets them', () => {
  const random = new Random(3);
  const weights = Float32Array.from({ length: 6 }, () => random.normal());
  const average = new WeightAverage(weights, 0.9);
  expect(average.weights).toEqual(weights);
  const expected = Float64Array.from(weights);
  for (let step = 1; step <= 300; step++) {
    for (let i = 0; i < weights.length; i++) weights[i]! += 0.1 * random.normal();
    average.update(weights, step);
    const decay = step >= 80 ? 0.9 : (1 + step) / (10 + step);
    for (let i = 0; i < weights.length; i++) expected[i] = decay * expected[i]! + (1 - decay) * weights[i]!;
  }
  average.weights.forEach((w, i) => {
    expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
  });
  // Weights that stand still are their own average.
  for (let step = 301; step <= 800; step++) average.update(weights, step);
  average.weights.forEach((w, i) => {
    expect(Math.abs(w - weights[i]!)).toBeLessThan(1e-5);
  });
});
