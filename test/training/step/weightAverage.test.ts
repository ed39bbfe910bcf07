import { expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { OPTIMIZERS } from '../../../src/training/step/optimizer.js';
import { createOptimizer } from '../../../src/training/step/optimizers.js';
import { WeightAverage } from '../../../src/training/step/weightAverage.js';

/** Not a multiple of the number of floats that a loop handles at a time. */
const SIZE = 21;

test.each(OPTIMIZERS)('the average follows its formula, starts from the weights and forgets them: %s', (name) => {
  const random = new Random(3);
  const settings = { optimizer: name, momentum: 0.9, beta2: 0.999, weightDecay: 0 };
  const optimizer = createOptimizer([{ name: 'a', dims: [SIZE], start: 0, size: SIZE }], settings);
  const { weights } = optimizer;
  for (let i = 0; i < SIZE; i++) weights[i] = random.normal();
  const average = new WeightAverage(optimizer, 0.9);
  expect(average.weights).toEqual(weights);
  const expected = Float64Array.from(weights);
  const step = () => {
    optimizer.step++;
    average.update();
  };
  for (let steps = 1; steps <= 300; steps++) {
    for (let i = 0; i < SIZE; i++) weights[i]! += 0.1 * random.normal();
    step();
    const decay = steps >= 80 ? 0.9 : (1 + steps) / (10 + steps);
    for (let i = 0; i < SIZE; i++) expected[i] = decay * expected[i]! + (1 - decay) * weights[i]!;
  }
  average.weights.forEach((w, i) => {
    expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
  });
  // The average of constant weights is the weights.
  for (let steps = 301; steps <= 800; steps++) step();
  average.weights.forEach((w, i) => {
    expect(Math.abs(w - weights[i]!)).toBeLessThan(1e-5);
  });
});
