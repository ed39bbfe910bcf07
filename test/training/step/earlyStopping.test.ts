import { expect, test } from 'vitest';
import { EarlyStopping, type Mode } from '../../../src/training/step/earlyStopping.js';

/** The epochs that were the best so far, and the last epoch that is trained. */
function course(losses: number[], patience: number, minDelta: number, mode?: Mode) {
  const stopping = new EarlyStopping({ patience, minDelta, mode });
  const best: number[] = [];
  let epoch = 0;
  while (epoch < losses.length && !stopping.isOver(epoch)) {
    if (stopping.observe(epoch + 1, losses[epoch]!)) best.push(epoch + 1);
    epoch++;
  }
  expect(stopping.bestEpoch).toBe(best.at(-1) ?? 0);
  return { best, last: epoch };
}

test.each([
  ['falls to the end', [4, 3, 2, 1], 1, 0, [1, 2, 3, 4], 4],
  ['rises at once', [1, 2, 3, 4], 1, 0, [1], 2],
  ['is waited for', [3, 4, 4, 2, 5, 5, 5, 1], 3, 0, [1, 4], 7],
  ['stays the same', [1, 1, 1, 1], 2, 0, [1], 3],
  ['falls by too little, and by enough together', [1, 0.95, 0.89, 0.85], 3, 0.1, [1, 3], 4],
  ['falls by just what is asked', [1, 0.75, 0.5], 1, 0.25, [1], 2],
  ['is no number', [Number.NaN, Number.NaN, Number.NaN], 2, 0, [], 2],
])('a loss that %s', (_, losses, patience, minDelta, best, last) => {
  expect(course(losses, patience, minDelta)).toEqual({ best, last });
});

test('mode max prefers higher values: it behaves as min does for the negated values', () => {
  const accuracies = [0.1, 0.3, 0.2, 0.35, 0.36, 0.2, 0.2];
  expect(course(accuracies, 2, 0.04, 'max')).toEqual({ best: [1, 2, 4], last: 6 });
  const negated = accuracies.map((value) => -value);
  expect(course(negated, 2, 0.04)).toEqual({ best: [1, 2, 4], last: 6 });
});
