import { Graph, type Tensor } from '../../network/graph.js';
import type { Network } from '../../network/network.js';
import { densePolicies, type TrainingBatch } from '../data/batch.js';
import { HEAD_NAMES, type Losses, type LossSettings, VALUE_HEAD_NAMES, VALUE_HEADS } from './heads.js';
import { policyLosses, valueLosses } from './losses.js';
import type { Feed, StepCost, TrainingStep, TrainingTask } from './trainingStep.js';

/** What is measured of a batch of positions. */
export interface Measures extends Losses {
  /** Weighted sum of the other losses. */
  loss: number;
  /** Fraction of the target policies whose most probable action the network also puts first. */
  policyAccuracy: number;
}

/** What one training step, or the mean of several, measured. */
export type StepResult = Measures & StepCost;

/** Means over several training steps, with their number and time. */
export interface TrainingResult extends StepResult {
  steps: number;
  seconds: number;
}

/** A training step of Azul's network. */
export type AzulStep = TrainingStep<TrainingBatch, Measures>;

/** What Azul's network is trained for: the losses of its heads on a batch of positions. */
export function azulTask(network: Network, settings: LossSettings): TrainingTask<TrainingBatch, Measures> {
  const { inputs, actions, players, parameters } = network;
  const graph = new Graph();
  const heads = network.forwardInTraining(graph, 'inputs', 'takeCounts');
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

  const chosen = graph.op('ArgMax', [graph.op('Add', [heads.logits, 'mask'])], { axis: 1, keepdims: 1 });
  const right = graph.op('Equal', [chosen, graph.op('ArgMax', ['policyTarget'], { axis: 1, keepdims: 1 })]);
  const hits = graph.op('Mul', [graph.op('Cast', [right], { to: 1 }), 'policyRowWeight']);
  const policyAccuracy = graph.op('ReduceSum', [hits], { keepdims: 0 });
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
      ...Object.fromEntries(VALUE_HEAD_NAMES.map((head) => [targetOf(head), ['batch', columns(head)]])),
    },
    scalars: { loss, ...losses, policyAccuracy },
    outputs: {},
    weights: Object.fromEntries(HEAD_NAMES.map((head) => [`${head}Loss`, settings[`${head}Weight`]])),
    feed: (batch) => feed(network, batch),
    measure: (_, scalars) => scalars as unknown as Measures,
  };
}

/** The input of the graph that holds a head's targets. */
function targetOf(head: string): string {
  return `${head}Target`;
}

/** A batch as inputs of the graph. Rows without a target policy count in the other losses alone. */
function feed(network: Network, batch: TrainingBatch): Feed {
  const { size: rows, policy } = batch;
  const policies = batch.hasPolicy.reduce((a, b) => a + b, 0);
  return {
    rows,
    inputs: {
      inputs: batch.inputs,
      takeCounts: network.takeCounts(batch.inputs, rows),
      policyTarget: policy instanceof Float32Array ? policy : densePolicies(policy, network.actions),
      mask: batch.mask,
      policyRowWeight: batch.hasPolicy.map((has) => (has > 0 ? has / policies : 0)),
      rowWeight: new Float32Array(rows).fill(1 / rows),
      ...Object.fromEntries(VALUE_HEAD_NAMES.map((head) => [targetOf(head), batch[VALUE_HEADS[head].target]])),
    },
  };
}
