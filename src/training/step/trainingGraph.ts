import { CELLS } from '../../game/wall.js';
import { Graph, type Tensor } from '../../network/graph.js';
import type { Network } from '../../network/network.js';
import type { TrainingGraph } from './backend.js';
import { type LossSettings, policyLosses, valueLosses } from './losses.js';

/** What is computed of a batch: losses, and how often the network agrees with the targets. */
export function trainingGraph(network: Network, settings: LossSettings): TrainingGraph {
  const { inputs, actions, players, parameters } = network;
  const graph = new Graph();
  const heads = network.forwardInTraining(graph, 'inputs', 'takeCounts');
  const total = (losses: Tensor, rowWeight: Tensor) => graph.sum(graph.scale(losses, rowWeight));
  const policy = { logits: heads.logits, target: 'policyTarget', mask: 'mask' };
  const policyLoss = total(policyLosses.get(settings.policyLoss)(graph, policy, settings), 'policyRowWeight');
  const mean = (name: string, prediction: Tensor, target: Tensor, columns: number) => {
    const elements = valueLosses.get(name)(graph, prediction, target);
    return graph.scale(total(elements, 'rowWeight'), graph.scalar(1 / columns));
  };
  const cells = players * CELLS;
  const valueLoss = mean(settings.valueLoss, heads.value, 'outcomeTarget', players);
  const marginLoss = mean(settings.marginLoss, heads.margin, 'marginTarget', players);
  const ownershipLoss = mean(settings.ownershipLoss, heads.ownership, 'ownershipTarget', cells);
  const loss = [
    graph.scale(policyLoss, graph.scalar(settings.policyWeight)),
    graph.scale(valueLoss, graph.scalar(settings.valueWeight)),
    graph.scale(marginLoss, graph.scalar(settings.marginWeight)),
    graph.scale(ownershipLoss, graph.scalar(settings.ownershipWeight)),
  ].reduce((a, b) => graph.add(a, b));

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
      outcomeTarget: ['batch', players],
      marginTarget: ['batch', players],
      ownershipTarget: ['batch', cells],
      rowWeight: ['batch', 1],
    },
    scalars: { loss, policyLoss, valueLoss, marginLoss, ownershipLoss, policyAccuracy },
  };
}
