import { Graph, type Tensor } from '../../network/graph.js';
import type { DropoutLayer, Network } from '../../network/network.js';
import { densePolicies, type TrainingBatch } from '../data/batch.js';
import type { GraphOutputs } from './backend.js';
import { type Dropout, dropoutMasks } from './dropout.js';
import { HEAD_NAMES, type Losses, type LossSettings, VALUE_HEAD_NAMES, VALUE_HEADS } from './heads.js';
import { policyLosses, valueLosses } from './losses.js';
import { rowStatistics } from './metrics/classification.js';
import { type RegressionMetrics, regressionMetrics } from './metrics/regression.js';
import type { Feed, StepCost, TrainingStep, TrainingTask } from './trainingStep.js';

/** Metrics of the policy: means over the rows with a target policy, 0 if no row has one. */
export interface PolicyMetrics {
  /** Fraction of rows in which the target's most probable action is also the network's. */
  policyAccuracy: number;
  /** Fraction of rows in which the target's most probable action is among the network's three most probable ones. */
  policyTop3: number;
  /** Entropy of the network's policy, in nats. */
  policyEntropy: number;
  /** Kullback-Leibler divergence of the target from the network's policy, in nats; 0 if the network predicts the target. */
  policyKl: number;
}

/** Metrics of predicted results and score margins (`RegressionMetrics`). */
export type ValueMetrics = Record<`${'value' | 'margin'}${Capitalize<keyof RegressionMetrics>}`, number>;

/** The measures of a batch of positions. */
export interface Measures extends Losses, PolicyMetrics, ValueMetrics {
  /** Weighted sum of the heads' losses. */
  loss: number;
}

/** The measures of one training step, or their means over several. */
export type StepResult = Measures & StepCost;

/** Mean measures of several training steps, with the number of steps and their time. */
export interface TrainingResult extends StepResult {
  steps: number;
  seconds: number;
}

/** A training step of Azul's network. */
export type AzulStep = TrainingStep<TrainingBatch, Measures>;

/** The training task of Azul's network: the losses of its heads on a batch of positions. */
export function azulTask(
  network: Network,
  settings: LossSettings,
  dropout: Dropout = { rate: 0, seed: 0 },
): TrainingTask<TrainingBatch, Measures> {
  const { inputs, actions, players, parameters } = network;
  const graph = new Graph();
  const layers = dropout.rate > 0 ? Object.entries(network.droppedLayers) : [];
  const dropped = Object.fromEntries(layers.map(([layer, units]) => [maskOf(layer), units]));
  const drop: DropoutLayer = (x, layer) => (layers.length > 0 ? graph.scale(x, maskOf(layer)) : x);
  const heads = network.forwardInTraining(graph, 'inputs', 'takeCounts', drop);
  const total = (losses: Tensor, rowWeight: Tensor) => graph.sum(graph.scale(losses, rowWeight));

  const policy = { logits: heads.logits, target: 'policyTarget', mask: 'mask' };
  const policyLoss = total(policyLosses.get(settings.policyLoss)(graph, policy, settings), 'policyRowWeight');
  const columns = (head: (typeof VALUE_HEAD_NAMES)[number]) => players * VALUE_HEADS[head].perSeat;
  const valueLossesOf = VALUE_HEAD_NAMES.map((head) => {
    const elements = valueLosses.get(settings[`${head}Loss`])(graph, heads[head], targetOf(head));
    return [`${head}Loss`, graph.scale(total(elements, 'rowWeight'), graph.scalar(1 / columns(head)))];
  });
  const losses = { policyLoss, ...Object.fromEntries(valueLossesOf) } as Record<keyof Losses, Tensor>;
  const loss = HEAD_NAMES.map((head) =>
    graph.scale(losses[`${head}Loss`], graph.scalar(settings[`${head}Weight`])),
  ).reduce((a, b) => graph.add(a, b));

  return {
    graph,
    parameters,
    inputs: {
      inputs: ['batch', inputs],
      takeCounts: ['batch', network.takeCountSize],
      policyTarget: ['batch', actions],
      mask: ['batch', actions],
      policyRowWeight: ['batch', 1],
      rowWeight: ['batch', 1],
      ...Object.fromEntries(Object.entries(dropped).map(([mask, units]) => [mask, ['batch', units]])),
      ...Object.fromEntries(VALUE_HEAD_NAMES.map((head) => [targetOf(head), ['batch', columns(head)]])),
    },
    scalars: { loss, ...losses },
    outputs: {
      logits: { tensor: graph.op('Add', [heads.logits, 'mask']), columns: actions },
      value: { tensor: heads.value, columns: players },
      margin: { tensor: heads.margin, columns: players },
    },
    weights: Object.fromEntries(HEAD_NAMES.map((head) => [`${head}Loss`, settings[`${head}Weight`]])),
    feed: (batch, step) => {
      const { rows, inputs } = feed(network, batch);
      return { rows, inputs: { ...inputs, ...dropoutMasks(dropout, dropped, rows, step) } };
    },
    measure: (batch, scalars, outputs) => ({
      ...(scalars as Losses & { loss: number }),
      ...policyMetrics(outputs.logits!, batch, actions),
      ...valueMetrics(outputs, batch),
    }),
  };
}

/** The input of the graph that holds a layer's dropout mask. */
function maskOf(layer: string): string {
  return `dropout.${layer}`;
}

/** The input of the graph that holds a head's targets. */
function targetOf(head: string): string {
  return `${head}Target`;
}

/** Converts a batch into inputs of the graph. Rows without a target policy have weight 0 in the policy loss. */
function feed(network: Network, batch: TrainingBatch): Feed {
  const { size: rows } = batch;
  const policies = batch.hasPolicy.reduce((a, b) => a + b, 0);
  return {
    rows,
    inputs: {
      inputs: batch.inputs,
      takeCounts: network.takeCounts(batch.inputs, rows),
      policyTarget: densePolicy(batch, network.actions),
      mask: batch.mask,
      policyRowWeight: batch.hasPolicy.map((has) => (has > 0 ? has / policies : 0)),
      rowWeight: new Float32Array(rows).fill(1 / rows),
      ...Object.fromEntries(VALUE_HEAD_NAMES.map((head) => [targetOf(head), batch[VALUE_HEADS[head].target]])),
    },
  };
}

/** The batch's target policies, [size, actions], zeros included. */
function densePolicy({ policy }: TrainingBatch, actions: number): Float32Array {
  return policy instanceof Float32Array ? policy : densePolicies(policy, actions);
}

function policyMetrics(logits: Float32Array, batch: TrainingBatch, actions: number): PolicyMetrics {
  const rows = [...batch.hasPolicy.keys()].filter((row) => batch.hasPolicy[row]! > 0);
  if (rows.length === 0) return { policyAccuracy: 0, policyTop3: 0, policyEntropy: 0, policyKl: 0 };
  const { crossEntropy, entropy, targetEntropy, rank } = rowStatistics(logits, densePolicy(batch, actions), actions);
  const mean = (of: (row: number) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    policyAccuracy: mean((row) => Number(rank[row] === 0)),
    policyTop3: mean((row) => Number(rank[row]! < 3)),
    policyEntropy: mean((row) => entropy[row]!),
    policyKl: mean((row) => crossEntropy[row]! - targetEntropy[row]!),
  };
}

/** Metrics of predicted results and margins, [n, players] each, by their names in `Measures`. */
export function valueMetrics(
  predictions: GraphOutputs,
  targets: Pick<TrainingBatch, 'outcome' | 'margin'>,
): ValueMetrics {
  const of = (head: 'value' | 'margin') => {
    const { rmse, mae, mape, r2 } = regressionMetrics(predictions[head]!, targets[VALUE_HEADS[head].target]);
    return { [`${head}Rmse`]: rmse, [`${head}Mae`]: mae, [`${head}Mape`]: mape, [`${head}R2`]: r2 };
  };
  return { ...of('value'), ...of('margin') } as ValueMetrics;
}
