import { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { CELLS } from '../game/wall.js';
import { Encoder } from './encoding.js';
import type { Graph, Tensor } from './graph.js';
import { TAKES, Takes } from './takes.js';

/** Width and depth of a network. */
export interface NetworkShape {
  /** Units of every hidden layer. */
  width: number;
  /** Residual blocks of two layers each. */
  blocks: number;
}

/** Networks by the names that a configuration gives them. */
export const NETWORK_SIZES = {
  small: { width: 128, blocks: 1 },
  medium: { width: 256, blocks: 2 },
  large: { width: 384, blocks: 2 },
} as const satisfies Record<string, NetworkShape>;

/** A name in `NETWORK_SIZES`. */
export type NetworkSize = keyof typeof NETWORK_SIZES;

/** A tensor that is trained, and where it stands in the flat array of all of them. */
export interface Parameter {
  name: string;
  dims: readonly number[];
  /** Where its values start among all parameters, and their number. */
  start: number;
  size: number;
}

/** Number of all parameters' values. */
export function sizeOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}

/** The tensors that a network computes, for n positions. */
export interface Heads {
  /** `[n, actions]`: what the logits are beside what actions have in common. */
  policy: Tensor;
  /** `[n, TAKES]`: what actions have in common (takes.ts). */
  takes: Tensor;
  /** [n, players], mover first: expected rank value in [-1, 1]. */
  value: Tensor;
  /** [n, players], mover first: expected margin value (azul.ts) in [-1, 1]. */
  margin: Tensor;
}

/** Those, and what only training asks for. */
export interface TrainingHeads extends Heads {
  /** [n, actions], raw: both together. */
  logits: Tensor;
  /** [n, players · 25], mover first: from -1, sure to be empty at the end of the game, to 1, sure to hold a tile. */
  ownership: Tensor;
}

/** Adds the linear layer with that name to a graph: its inputs to its outputs. */
export type LinearLayer = (x: Tensor, name: string) => Tensor;

/** Adds dropout to a hidden layer in a graph: the layer's units to what remains of them. */
export type DropoutLayer = (x: Tensor, name: string) => Tensor;

/**
 * The policy and value network: a residual multilayer perceptron without normalisation.
 *
 *     inputs → linear, relu → blocks × (x + linear(relu(linear x)), relu) → policy, takes: together the logits (takes.ts)
 *                                                                        → linear, relu → value, margin (tanh)
 *                                                                                       → ownership (tanh), in training
 */
export class Network {
  readonly inputs: number;
  readonly actions: number;
  /** All parameters; those of the heads that only training asks for come last. */
  readonly parameters: readonly Parameter[];
  /** Number of all parameters' values. */
  readonly size: number;
  /** Those that playing needs, and the number of their values, which come first. */
  readonly playingParameters: readonly Parameter[];
  readonly playingSize: number;
  private readonly takes: Takes;

  constructor(
    readonly players: number,
    readonly shape: NetworkShape,
  ) {
    this.inputs = new Encoder(players).inputs;
    this.actions = Rules.for(players).actions;
    this.takes = new Takes(players);
    const { width, blocks } = shape;
    const parameters: Parameter[] = [];
    let start = 0;
    const add = (name: string, ...dims: number[]) => {
      const size = dims.reduce((a, b) => a * b);
      parameters.push({ name, dims, start, size });
      start += size;
    };
    const addLinear = (name: string, from: number, to: number) => {
      add(`${name}.weight`, from, to);
      add(`${name}.bias`, to);
    };
    addLinear('input', this.inputs, width);
    for (let block = 0; block < blocks; block++) {
      addLinear(`block${block}.first`, width, width);
      addLinear(`block${block}.second`, width, width);
    }
    addLinear('policy', width, this.actions);
    addLinear('takes', width, TAKES);
    const half = width >> 1;
    addLinear('outcome', width, half);
    addLinear('value', half, players);
    addLinear('margin', half, players);
    this.playingParameters = [...parameters];
    this.playingSize = start;
    addLinear('ownership', half, players * CELLS);
    this.parameters = parameters;
    this.size = start;
  }

  /** Whether another network has the same parameters. */
  equals({ players, shape }: Network): boolean {
    return players === this.players && shape.width === this.shape.width && shape.blocks === this.shape.blocks;
  }

  /**
   * Adds the network as it plays to a graph in which `inputs` and the parameters stand under their names; `linear` adds a
   * layer in another way than the usual one.
   */
  forward(graph: Graph, inputs: Tensor, linear = floatLinear(graph)): Heads {
    return this.build(graph, inputs, linear).heads;
  }

  /**
   * The same, with the heads that only training asks for; `counts` is the tensor of `takeCounts`. `drop` adds dropout to each
   * layer of `droppedLayers`.
   */
  forwardInTraining(graph: Graph, inputs: Tensor, counts: Tensor, drop?: DropoutLayer): TrainingHeads {
    const linear = floatLinear(graph);
    const { heads, outcome } = this.build(graph, inputs, linear, drop);
    const logits = this.addTakes(graph, counts, heads);
    return { ...heads, logits, ownership: graph.tanh(linear(outcome, 'ownership')) };
  }

  /** Adds the logits to a graph in which the heads are, [n, actions], raw. */
  logits(graph: Graph, inputs: Tensor, heads: Heads): Tensor {
    return this.addTakes(graph, this.takes.countsOf(graph, inputs), heads);
  }

  /** What the logits in training need of inputs, beside the heads: see takes.ts. */
  takeCounts(inputs: Float32Array, rows: number): Float32Array {
    return this.takes.counts(inputs, rows);
  }

  /** Columns of `takeCounts`. */
  get takeCountSize(): number {
    return this.takes.countSize;
  }

  /** Hidden layers that dropout applies to, with their units: the first layer of each block, and the one below value and margin. */
  get droppedLayers(): Record<string, number> {
    const { width, blocks } = this.shape;
    const inner = Array.from({ length: blocks }, (_, block) => [`block${block}`, width]);
    return Object.fromEntries([...inner, ['outcome', width >> 1]]);
  }

  private addTakes(graph: Graph, counts: Tensor, { policy, takes }: Heads): Tensor {
    return graph.add(policy, this.takes.logits(graph, counts, takes));
  }

  private build(
    graph: Graph,
    inputs: Tensor,
    linear: LinearLayer,
    drop: DropoutLayer = (x) => x,
  ): { heads: Heads; outcome: Tensor } {
    let x = graph.relu(linear(inputs, 'input'));
    for (let block = 0; block < this.shape.blocks; block++) {
      const inner = drop(graph.relu(linear(x, `block${block}.first`)), `block${block}`);
      x = graph.relu(graph.add(linear(inner, `block${block}.second`), x));
    }
    const outcome = drop(graph.relu(linear(x, 'outcome')), 'outcome');
    const heads = {
      policy: linear(x, 'policy'),
      takes: linear(x, 'takes'),
      value: graph.tanh(linear(outcome, 'value')),
      margin: graph.tanh(linear(outcome, 'margin')),
    };
    return { heads, outcome };
  }

  /**
   * Fresh weights: normal with variance 2 / inputs (He et al. 2015), a tenth of that deviation for the heads and for the
   * second layer of each block, so that the network starts nearly uniform and every block nearly as the identity.
   */
  initialWeights(seed: number): Float32Array {
    const random = new Random(seed, 0x1e7);
    const weights = new Float32Array(this.size);
    for (const { name, dims, start, size } of this.parameters) {
      if (dims.length === 1) continue;
      const deviation = Math.sqrt(2 / dims[0]!) * (/second|policy|takes|value|margin|ownership/.test(name) ? 0.1 : 1);
      for (let i = start; i < start + size; i++) weights[i] = deviation * random.normal();
    }
    return weights;
  }
}

function floatLinear(graph: Graph): LinearLayer {
  return (x, name) => graph.linear(x, `${name}.weight`, `${name}.bias`);
}
