import type { Graph, Tensor } from '../../network/graph.js';
import { LossRegistry } from './lossRegistry.js';
import { MAPE_EPSILON } from './metrics/regression.js';

/** Inputs of a policy loss: n rows of logits and n target policies. */
export interface PolicyInputs {
  /** `[n, actions]`: logits of all actions, illegal ones included. */
  logits: Tensor;
  /** `[n, actions]`: target probabilities. A row without a target is all zeros. */
  target: Tensor;
  /** `[n, actions]`: 0 for legal actions, a large negative number for others. */
  mask: Tensor;
}

/** Settings of all policy losses. */
export interface PolicyLossSettings {
  /** Temperature, by which the policy loss divides the logits. */
  policyTemperature: number;
  /** Fraction of each target policy that is spread evenly over the legal actions. */
  labelSmoothing: number;
}

/** Losses of the policy head. A loss adds the tensor of each row's loss, [n, 1], to the graph. */
export const policyLosses = new LossRegistry<[inputs: PolicyInputs, settings: PolicyLossSettings]>('policy').register(
  'crossEntropy',
  crossEntropy,
);

/**
 * Losses of the heads that predict numbers. A loss adds the tensor of each element's loss to the graph. Predictions, targets
 * and losses have the same shape. The loss of a row is the mean of its elements.
 */
export const valueLosses = new LossRegistry<[prediction: Tensor, target: Tensor]>('value')
  .register('mse', (graph, prediction, target) => graph.square(graph.subtract(prediction, target)))
  .register('mae', (graph, prediction, target) => graph.abs(graph.subtract(prediction, target)))
  .register('huber', huber, { delta: 1 })
  .register('mape', mape, { epsilon: MAPE_EPSILON });

/**
 * Cross-entropy between target policies and the softmax of logits / temperature over the legal actions:
 * -Σ target · log softmax. Its minimum is the entropy of the target.
 */
function crossEntropy(graph: Graph, { logits, target, mask }: PolicyInputs, settings: PolicyLossSettings): Tensor {
  const { policyTemperature, labelSmoothing } = settings;
  const scaled = policyTemperature === 1 ? logits : graph.scale(logits, graph.scalar(1 / policyTemperature));
  const logProbabilities = graph.logSoftmax(graph.shift(scaled, mask));
  const wanted = labelSmoothing === 0 ? target : smoothed(graph, target, mask, labelSmoothing);
  return graph.scale(graph.rowDots(logProbabilities, wanted), graph.scalar(-1));
}

/** Label smoothing: targets with a fraction spread evenly over the legal actions (Szegedy et al. 2016, section 7). */
function smoothed(graph: Graph, target: Tensor, mask: Tensor, fraction: number): Tensor {
  const legal = graph.op('Exp', [mask]);
  const uniform = graph.op('Div', [legal, graph.rowSums(legal)]);
  const mixed = (share: Tensor, weight: number) => graph.op('Mul', [share, graph.scalar(weight)]);
  return graph.op('Add', [mixed(target, 1 - fraction), mixed(uniform, fraction)]);
}

/**
 * Huber loss (Huber 1964): e² / 2 for errors e up to δ, δ · (|e| - δ / 2) beyond. It is written as e·c - c² / 2, where c is e
 * clipped to [-δ, δ]. No gradient needs to flow through c, because its two terms cancel.
 */
function huber(graph: Graph, prediction: Tensor, target: Tensor, { delta }: { delta: number }): Tensor {
  const error = graph.subtract(prediction, target);
  const clipped = graph.op('Max', [graph.op('Min', [error, graph.scalar(delta)]), graph.scalar(-delta)]);
  const halfSquare = graph.op('Mul', [graph.op('Mul', [clipped, clipped]), graph.scalar(-0.5)]);
  return graph.shift(graph.scale(error, clipped), halfSquare);
}

/** Absolute percentage error: |error| / max(|target|, ε). */
function mape(graph: Graph, prediction: Tensor, target: Tensor, { epsilon }: { epsilon: number }): Tensor {
  const size = graph.op('Max', [graph.op('Abs', [target]), graph.scalar(epsilon)]);
  return graph.scale(graph.abs(graph.subtract(prediction, target)), graph.op('Div', [graph.scalar(1), size]));
}
