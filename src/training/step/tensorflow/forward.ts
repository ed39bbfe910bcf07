import type * as tf from '@tensorflow/tfjs';
import type { Graph, GraphNode, Tensor } from '../../../network/graph.js';
import { operatorOf, type TensorFlow } from './operators.js';

/** A node and its operator. A stopped input depends on the parameters, but gets no gradient. */
interface Step {
  node: GraphNode;
  operator: ReturnType<typeof operatorOf>;
  stopped: readonly boolean[];
}

/**
 * Computes all tensors of a graph in TensorFlow, which records the operations to differentiate them. Gradients flow only to the
 * inputs to which the graph's own gradients flow (Graph.flowsTo).
 */
export class Forward {
  private readonly steps: readonly Step[];

  constructor(
    private readonly library: TensorFlow,
    private readonly graph: Graph,
    parameters: Iterable<Tensor>,
  ) {
    const depends = new Set(parameters);
    this.steps = graph.nodes.map((node) => {
      const output = node.outputs[0]!;
      const flows = graph.flowsTo(output);
      if (flows.some((input) => depends.has(input))) depends.add(output);
      const stopped = node.inputs.map((input) => depends.has(input) && !flows.includes(input));
      return { node, operator: operatorOf(node.op), stopped };
    });
  }

  /** Computes the graph. `tensors` must have the inputs, parameters and constants; all other tensors are added to it. */
  run(tensors: Map<Tensor, tf.Tensor>): void {
    const stop = this.library.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: (dy: tf.Tensor) => this.library.zerosLike(dy),
    }));
    for (const { node, operator, stopped } of this.steps) {
      const inputs = node.inputs.flatMap((name, i) => {
        const tensor = tensors.get(name);
        if (!tensor) return [];
        return stopped[i] ? stop(tensor) : tensor;
      });
      tensors.set(node.outputs[0]!, operator(this.library, inputs, node, this.graph));
    }
  }
}
