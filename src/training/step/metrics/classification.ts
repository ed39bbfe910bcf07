/**
 * Softmax, its losses and its accuracy. Logits are [n, columns], row after row. Targets are either sparse, n column indices, or
 * dense, [n, columns] probabilities.
 */

import { type Reduction, reduce } from './reduction.js';

/** Exponent below which e^x is 0 in 64 bits. */
const VANISHING = -745.2;

/** Statistics of rows of logits and targets: one number for each row. */
export interface RowStatistics {
  /** -Σ target · log softmax, in nats. */
  crossEntropy: Float64Array;
  /** Entropy of the softmax, in nats. */
  entropy: Float64Array;
  /** Entropy of the target, in nats. */
  targetEntropy: Float64Array;
  /** Rank of the logit in the target's column, from 0. A dense target's column is its maximum. Equal logits rank by column. */
  rank: Float64Array;
}

/** Computes all statistics of n rows in one pass. The functions below return single statistics. */
export function rowStatistics(logits: ArrayLike<number>, targets: ArrayLike<number>, columns: number): RowStatistics {
  const sparse = isSparse(targets, logits, columns);
  const rows = logits.length / columns;
  const result = {
    crossEntropy: new Float64Array(rows),
    entropy: new Float64Array(rows),
    targetEntropy: new Float64Array(rows),
    rank: new Float64Array(rows),
  };
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    const target = from + (sparse ? targets[row]! : greatest(targets, from, columns));
    const max = logits[from + greatest(logits, from, columns)]!;
    const right = logits[target]!;
    let sum = 0;
    let weighted = 0;
    let wanted = sparse ? right - max : 0;
    let total = sparse ? 1 : 0;
    let targetEntropy = 0;
    let rank = 0;
    for (let i = from; i < from + columns; i++) {
      const x = logits[i]!;
      if (x > right || (x === right && i < target)) rank++;
      const t = sparse ? 0 : targets[i]!;
      const below = x - max;
      if (t === 0 && below < VANISHING) continue;
      const power = Math.exp(below);
      sum += power;
      weighted += power * below;
      if (t === 0) continue;
      wanted += t * below;
      total += t;
      targetEntropy -= t * Math.log(t);
    }
    const logSum = Math.log(sum);
    result.crossEntropy[row] = total * logSum - wanted;
    result.entropy[row] = logSum - weighted / sum;
    result.targetEntropy[row] = targetEntropy;
    result.rank[row] = rank;
  }
  return result;
}

/** Logarithms of the softmax of each row, computed without overflow: [n, columns]. */
export function logSoftmax(logits: ArrayLike<number>, columns: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let from = 0; from < logits.length; from += columns) {
    let max = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + columns; i++) if (logits[i]! > max) max = logits[i]!;
    let sum = 0;
    for (let i = from; i < from + columns; i++) sum += exp(logits[i]! - max);
    const logSum = Math.log(sum);
    for (let i = from; i < from + columns; i++) result[i] = logits[i]! - max - logSum;
  }
  return result;
}

/** The softmax of each row: [n, columns] probabilities. */
export function softmax(logits: ArrayLike<number>, columns: number): Float64Array {
  return logSoftmax(logits, columns).map(exp);
}

/** e^x. A result of 0 is returned without computing it. */
function exp(x: number): number {
  return x < VANISHING ? 0 : Math.exp(x);
}

/** Cross-entropy of each row, -Σ target · log softmax, in nats. */
export function crossEntropy(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  columns: number,
  reduction: 'none',
): Float64Array;
export function crossEntropy(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  columns: number,
  reduction?: 'mean' | 'sum',
): number;
export function crossEntropy(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  columns: number,
  reduction: Reduction = 'mean',
): number | Float64Array {
  const losses = rowStatistics(logits, targets, columns).crossEntropy;
  return reduce(losses, reduction);
}

/** Mean entropy of rows of probabilities, [n, columns], in nats. */
export function entropy(probabilities: ArrayLike<number>, columns: number): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (p > 0) sum -= p * Math.log(p);
  }
  return (sum * columns) / probabilities.length;
}

/** Mean Kullback-Leibler divergence of dense targets from the softmax, Σ target · log(target / softmax), in nats. */
export function klDivergence(logits: ArrayLike<number>, targets: ArrayLike<number>, columns: number): number {
  return crossEntropy(logits, targets, columns) - entropy(targets, columns);
}

/** Fraction of rows whose greatest logit is in the target's column. A dense target's column is that of its maximum. */
export function accuracy(logits: ArrayLike<number>, targets: ArrayLike<number>, columns: number): number {
  return topAccuracy(logits, targets, columns, 1);
}

/** Fraction of rows in which the target's column has one of the k greatest logits. Columns are as in `accuracy`. */
export function topAccuracy(logits: ArrayLike<number>, targets: ArrayLike<number>, columns: number, k: number): number {
  const { rank } = rowStatistics(logits, targets, columns);
  return rank.filter((above) => above < k).length / rank.length;
}

/** The first column with the maximum of a row. */
function greatest(values: ArrayLike<number>, from: number, columns: number): number {
  let best = 0;
  for (let column = 1; column < columns; column++) if (values[from + column]! > values[from + best]!) best = column;
  return best;
}

function isSparse(targets: ArrayLike<number>, logits: ArrayLike<number>, columns: number): boolean {
  if (targets.length === logits.length) return false;
  if (targets.length * columns === logits.length) return true;
  throw new RangeError(
    `${targets.length} targets do not match ${logits.length} logits in ${columns} columns: give one number a row, or one a logit`,
  );
}
