/** The network and its losses in plain 64-bit arithmetic, row by row, as a check of the ONNX graphs. */

import type { Network } from '../../src/network/network.js';
import type { Batch } from '../../src/training/data/batch.js';
import type { LossSettings } from '../../src/training/step/heads.js';
import type { LossSpec } from '../../src/training/step/lossRegistry.js';

export interface ReferenceHeads {
  logits: number[];
  value: number[];
  margin: number[];
  ownership: number[];
}

export interface ReferenceLosses {
  loss: number;
  policyLoss: number;
  valueLoss: number;
  marginLoss: number;
  ownershipLoss: number;
  policyAccuracy: number;
}

/** The outputs of a layer for one row of its inputs. */
export type ReferenceLayer = (x: ArrayLike<number>, name: string) => number[];

export function referenceLinear(network: Network, weights: ArrayLike<number>): ReferenceLayer {
  return (x, name) => {
    const matrix = network.parameters.find((p) => p.name === `${name}.weight`)!;
    const bias = network.parameters.find((p) => p.name === `${name}.bias`)!;
    const out = Array.from({ length: bias.size }, (_, j) => weights[bias.start + j]!);
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;
      for (let j = 0; j < bias.size; j++) out[j]! += x[i]! * weights[matrix.start + i * bias.size + j]!;
    }
    return out;
  };
}

/** The heads for one encoded position. */
export function referenceForward(
  network: Network,
  weights: ArrayLike<number>,
  inputs: ArrayLike<number>,
  linear = referenceLinear(network, weights),
): ReferenceHeads {
  const relu = (x: number[]) => x.map((v) => Math.max(0, v));
  let x = relu(linear(inputs, 'input'));
  for (let block = 0; block < network.shape.blocks; block++) {
    const inner = linear(relu(linear(x, `block${block}.first`)), `block${block}.second`);
    x = relu(inner.map((v, i) => v + x[i]!));
  }
  const outcome = relu(linear(x, 'outcome'));
  const takes = linear(x, 'takes');
  const factories = 2 * network.players + 1;
  const logits = linear(x, 'policy').map((own, action) => {
    const [source, colour, destination] = [Math.floor(action / 30), Math.floor(action / 6) % 5, action % 6];
    const [from, steps, first] =
      source < factories ? [20 * source + 4 * colour, 4, 0] : [20 * factories + 7 * colour, 6, 4];
    let logit = own;
    for (let i = 0; i < steps; i++) logit += inputs[from + i]! * takes[(10 * colour + first + i) * 6 + destination]!;
    return logit;
  });
  return {
    logits,
    value: linear(outcome, 'value').map(Math.tanh),
    margin: linear(outcome, 'margin').map(Math.tanh),
    ownership: linear(outcome, 'ownership').map(Math.tanh),
  };
}

function huber(delta: number): (error: number) => number {
  return (error) => (Math.abs(error) <= delta ? error ** 2 / 2 : delta * (Math.abs(error) - delta / 2));
}

const VALUE_LOSSES: Record<string, (error: number) => number> = {
  mse: (error) => error ** 2,
  mae: Math.abs,
  huber: huber(1),
  'huber(delta=0.3)': huber(0.3),
};

/** The losses of a batch as TrainingStep documents them. */
export function referenceLosses(
  network: Network,
  weights: ArrayLike<number>,
  batch: Batch,
  settings: LossSettings,
): ReferenceLosses {
  const { inputs, actions } = network;
  const policies = batch.hasPolicy.reduce((a, b) => a + b, 0);
  const sums = { policyLoss: 0, valueLoss: 0, marginLoss: 0, ownershipLoss: 0, policyAccuracy: 0 };
  for (let row = 0; row < batch.size; row++) {
    const heads = referenceForward(network, weights, batch.inputs.subarray(row * inputs, (row + 1) * inputs));
    const mean = (loss: LossSpec, predictions: number[], targets: Float32Array) =>
      predictions.reduce(
        (sum, y, i) => sum + VALUE_LOSSES[loss as string]!(y - targets[row * predictions.length + i]!),
        0,
      ) / predictions.length;
    sums.valueLoss += mean(settings.valueLoss, heads.value, batch.outcome) / batch.size;
    sums.marginLoss += mean(settings.marginLoss, heads.margin, batch.margin) / batch.size;
    sums.ownershipLoss += mean(settings.ownershipLoss, heads.ownership, batch.ownership) / batch.size;
    if (batch.hasPolicy[row] === 0) continue;
    const target = batch.policy.subarray(row * actions, (row + 1) * actions);
    const legal = Array.from({ length: actions }, (_, a) => a).filter((a) => batch.mask[row * actions + a] === 0);
    const scaled = legal.map((a) => heads.logits[a]! / settings.policyTemperature);
    const max = Math.max(...scaled);
    const logSum = max + Math.log(scaled.reduce((sum, v) => sum + Math.exp(v - max), 0));
    legal.forEach((a, i) => {
      const wanted = (1 - settings.labelSmoothing) * target[a]! + settings.labelSmoothing / legal.length;
      sums.policyLoss -= (wanted * (scaled[i]! - logSum)) / policies;
    });
    if (argMax(legal, (a) => heads.logits[a]!) === argMax(legal, (a) => target[a]!)) {
      sums.policyAccuracy += 1 / policies;
    }
  }
  const loss =
    settings.policyWeight * sums.policyLoss +
    settings.valueWeight * sums.valueLoss +
    settings.marginWeight * sums.marginLoss +
    settings.ownershipWeight * sums.ownershipLoss;
  return { loss, ...sums };
}

function argMax(items: readonly number[], of: (item: number) => number): number {
  return items.reduce((best, item) => (of(item) > of(best) ? item : best));
}

/** The slope of f at x along every coordinate, by central differences. */
export function slopes(f: (x: Float64Array) => number, at: ArrayLike<number>, step = 1e-5): Float64Array {
  const x = Float64Array.from(at);
  return x.map((centre, i) => {
    x[i] = centre + step;
    const above = f(x);
    x[i] = centre - step;
    const below = f(x);
    x[i] = centre;
    return (above - below) / (2 * step);
  });
}
