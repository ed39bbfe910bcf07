import type { Random } from '../../../game/random.js';
import { UsageError } from '../../../usageError.js';
import type { LossSpec } from '../lossRegistry.js';
import type { Feed } from '../trainingStep.js';

/** The name of the loss for classification. */
export const CLASSIFICATION = 'crossEntropy';

/** n examples. Each has one row of inputs and one target. */
export interface Examples {
  /** n rows of equal length. */
  inputs: readonly ArrayLike<number>[];
  /** n numbers, classes from 0 for `crossEntropy` or values for other losses; or n rows of probabilities or values. */
  targets: readonly (number | ArrayLike<number>)[];
}

/** Converts examples into inputs of the graph. A class becomes a one-hot row. */
export function feedOf({ inputs, targets }: Examples, columns: number): Feed {
  const rows = inputs.length;
  return {
    rows,
    inputs: {
      x: Float32Array.from(inputs.flatMap((row) => Array.from(row))),
      target: Float32Array.from(targets.flatMap((target) => targetRow(target, columns))),
      rowWeight: new Float32Array(rows).fill(1 / rows),
    },
  };
}

function targetRow(target: number | ArrayLike<number>, columns: number): number[] {
  if (typeof target !== 'number') return Array.from(target);
  return columns === 1 ? [target] : Array.from({ length: columns }, (_, column) => Number(column === target));
}

/** Throws a UsageError unless examples fit each other and a network with `width` inputs and `columns` outputs. */
export function checkExamples({ inputs, targets }: Examples, width: number, columns: number, loss: LossSpec): void {
  if (inputs.length !== targets.length)
    throw new UsageError(`${inputs.length} rows of inputs do not match ${targets.length} targets`);
  const odd = inputs.findIndex((row) => row.length !== width);
  if (odd >= 0) throw new UsageError(`row ${odd} of the inputs has ${inputs[odd]!.length} numbers, not ${width}`);
  for (const [row, target] of targets.entries()) {
    if (typeof target !== 'number') {
      if (target.length !== columns)
        throw new UsageError(`target ${row} has ${target.length} numbers; the network has ${columns} outputs`);
    } else if (loss === CLASSIFICATION) {
      if (!Number.isInteger(target) || target < 0 || target >= columns)
        throw new UsageError(`target ${row} is ${target}; classes go from 0 to ${columns - 1}`);
    } else if (columns !== 1) {
      throw new UsageError(`target ${row} is one number; the network has ${columns} outputs`);
    }
  }
}

/** Splits examples at random: a fraction is held out for validation, the rest is for training. */
export function split(examples: Examples, fraction: number, random: Random): { training: Examples; held: Examples } {
  const n = examples.inputs.length;
  const order = shuffled(n, random);
  const count = Math.round(fraction * n);
  if (count < 1 || count >= n)
    throw new UsageError(`a fraction of ${fraction} of ${n} examples leaves none to train or to validate on`);
  return { held: pick(examples, order.slice(0, count)), training: pick(examples, order.slice(count)) };
}

/** The examples in the given rows. */
export function pick({ inputs, targets }: Examples, rows: readonly number[]): Examples {
  return { inputs: rows.map((row) => inputs[row]!), targets: rows.map((row) => targets[row]!) };
}

/** The numbers from 0 to n - 1 in random order (Fisher & Yates). */
export function shuffled(n: number, random: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
