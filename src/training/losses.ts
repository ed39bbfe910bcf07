import type { Graph, Tensor } from './graph.js';

/**
 * Cross-entropy between target policies and the softmax of logits / temperature over the legal actions, a scalar:
 * -Σ weight · target · log softmax. `mask` is 0 where an action is legal and very negative elsewhere; `weight` is
 * [n, 1]. A target that is not spread like the softmax leaves its own entropy in the loss.
 */
export function policyCrossEntropy(
  graph: Graph,
  logits: Tensor,
  { target, mask, weight }: { target: Tensor; mask: Tensor; weight: Tensor },
  temperature: number,
): Tensor {
  const scaled = temperature === 1 ? logits : graph.scale(logits, graph.scalar(1 / temperature));
  const logProbabilities = graph.logSoftmax(graph.shift(scaled, mask));
  const weighted = graph.scale(graph.scale(logProbabilities, target), weight);
  return graph.scale(graph.sum(weighted), graph.scalar(-1));
}

/** Mean squared error over `columns` columns, a scalar: Σ weight · (prediction - target)² / columns; weight is [n, 1]. */
export function meanSquaredError(
  graph: Graph,
  prediction: Tensor,
  { target, weight, columns }: { target: Tensor; weight: Tensor; columns: number },
): Tensor {
  const squares = graph.square(graph.subtract(prediction, target));
  return graph.scale(graph.sum(graph.scale(squares, weight)), graph.scalar(1 / columns));
}
