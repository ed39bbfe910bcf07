import type { Graph, Tensor } from '../../network/graph.js';
import { UsageError } from '../../usageError.js';

/** What a policy loss compares: n rows of logits with n target policies. */
export interface PolicyInputs {
  /** [n, actions], raw. */
  logits: Tensor;
  /** `[n, actions]`: probabilities, zeros where a row has none. */
  target: Tensor;
  /** `[n, actions]`: 0 where an action is legal and very negative elsewhere. */
  mask: Tensor;
}

/** What a policy loss can be told by the configuration. */
export interface PolicyLossSettings {
  /** Divides the logits in the policy loss. */
  policyTemperature: number;
  /** Part of each target policy that is spread evenly over the legal actions. */
  labelSmoothing: number;
}

/** Adds what each row loses, [n, 1], to the graph. */
export type PolicyLoss = (graph: Graph, inputs: PolicyInputs, settings: PolicyLossSettings) => Tensor;

/** Adds a loss of each element to the graph, from predictions and targets of one shape; what a row loses is their mean. */
export type ValueLoss = (graph: Graph, prediction: Tensor, target: Tensor) => Tensor;

/** Losses by the names that a configuration gives them. Register yours before the configuration is made. */
export class LossRegistry<Loss> {
  private readonly losses = new Map<string, Loss>();

  constructor(private readonly kind: string) {}

  /** Adds a loss; a UsageError if there is one of that name. */
  register(name: string, loss: Loss): this {
    if (this.losses.has(name))
      throw new UsageError(`there is already a ${this.kind} loss '${name}'; choose another name`);
    this.losses.set(name, loss);
    return this;
  }

  /** Whether there is a loss of that name. */
  has(name: string): boolean {
    return this.losses.has(name);
  }

  /** All names, in the order in which they were registered. */
  get names(): string[] {
    return [...this.losses.keys()];
  }

  /** The loss of that name; a UsageError if there is none. */
  get(name: string): Loss {
    const loss = this.losses.get(name);
    if (loss) return loss;
    throw new UsageError(`unknown ${this.kind} loss '${name}'; choose one of ${this.names.join(', ')}`);
  }
}

/** Losses of the policy head. */
export const policyLosses = new LossRegistry<PolicyLoss>('policy').register('crossEntropy', crossEntropy);

/** Losses of the heads that predict numbers. */
export const valueLosses = new LossRegistry<ValueLoss>('value')
  .register('mse', (graph, prediction, target) => graph.square(graph.subtract(prediction, target)))
  .register('mae', (graph, prediction, target) => graph.abs(graph.subtract(prediction, target)))
  .register('huber', huber);

/**
 * Cross-entropy between target policies and the softmax of logits / temperature over the legal actions:
 * -Σ target · log softmax. A target that is not spread like the softmax leaves its own entropy in the loss.
 */
function crossEntropy(graph: Graph, { logits, target, mask }: PolicyInputs, settings: PolicyLossSettings): Tensor {
  const { policyTemperature, labelSmoothing } = settings;
  const scaled = policyTemperature === 1 ? logits : graph.scale(logits, graph.scalar(1 / policyTemperature));
  const logProbabilities = graph.logSoftmax(graph.shift(scaled, mask));
  const wanted = labelSmoothing === 0 ? target : smoothed(graph, target, mask, labelSmoothing);
  return graph.scale(graph.rowDots(logProbabilities, wanted), graph.scalar(-1));
}

/** Targets of which a part is spread evenly over the legal actions (Szegedy et al. 2016, section 7). */
function smoothed(graph: Graph, target: Tensor, mask: Tensor, part: number): Tensor {
  const legal = graph.op('Exp', [mask]);
  const uniform = graph.op('Div', [legal, graph.rowSums(legal)]);
  const mixed = (share: Tensor, weight: number) => graph.op('Mul', [share, graph.scalar(weight)]);
  return graph.op('Add', [mixed(target, 1 - part), mixed(uniform, part)]);
}

/**
 * Half the square of an error up to 1, the error less a half beyond (Huber 1964). Written as e·c - c²/2 where c is the
 * error clipped to [-1, 1], whose own gradient cancels out.
 */
function huber(graph: Graph, prediction: Tensor, target: Tensor): Tensor {
  const error = graph.subtract(prediction, target);
  const clipped = graph.op('Max', [graph.op('Min', [error, graph.scalar(1)]), graph.scalar(-1)]);
  const halfSquare = graph.op('Mul', [graph.op('Mul', [clipped, clipped]), graph.scalar(-0.5)]);
  return graph.shift(graph.scale(error, clipped), halfSquare);
}
