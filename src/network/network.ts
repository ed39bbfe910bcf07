import { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { CELLS } from '../game/wall.js';
import { Encoder } from './encoding.js';
import type { Graph, Tensor } from './graph.js';
import { TAKE_VALUES, TakeTable } from './takeTable.js';

/** Width and depth of a network. */
export interface NetworkShape {
  /** Units of every hidden layer. */
  width: number;
  /** Residual blocks of two layers each. */
  blocks: number;
}

/** Networks by their names in the configuration. */
export const NETWORK_SIZES = {
  small: { width: 128, blocks: 1 },
  medium: { width: 256, blocks: 2 },
  large: { width: 384, blocks: 2 },
} as const satisfies Record<string, NetworkShape>;

/** A name in `NETWORK_SIZES`. */
export type NetworkSize = keyof typeof NETWORK_SIZES;

/** A trained tensor, and its place in the flat array of all parameters. */
export interface Parameter {
  name: string;
  dims: readonly number[];
  /** Index of its first value among all parameters' values, and the number of its values. */
  start: number;
  size: number;
}

/** Number of all parameters' values. */
export function sizeOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}

/** The tensors that a network computes, for n positions. */
export interface Heads {
  /** `[n, actions]`: the logits without those that actions share. */
  policy: Tensor;
  /** `[n, TAKE_VALUES]`: the logits that actions share (takeTable.ts). */
  takes: Tensor;
  /** `[n, players]`, mover first: expected rank value in [-1, 1]. */
  value: Tensor;
  /** `[n, players]`, mover first: expected margin value (azul.ts) in [-1, 1]. */
  margin: Tensor;
}

/** The heads for play, and those that only training needs. */
export interface TrainingHeads extends Heads {
  /** `[n, actions]`: complete unnormalised logits. */
  logits: Tensor;
  /** `[n, players · 25]`, mover first: -1 if a cell will be empty at the end of the game, 1 if it will hold a tile. */
  ownership: Tensor;
}

/** Adds the linear layer of a name to a graph, and returns its output. */
export type LinearLayer = (x: Tensor, name: string) => Tensor;

/** Adds dropout to a hidden layer in a graph: the layer's units to what remains of them. */
export type DropoutLayer = (x: Tensor, name: string) => Tensor;

/**
 * The policy and value network: a residual multilayer perceptron without normalisation.
 *
 *     inputs → linear, relu → blocks × (x + linear(relu(linear x)), relu) → policy, takes: together the logits (takeTable.ts)
 *                                                                        → linear, relu → value, margin (tanh)
 *                                                                                       → ownership (tanh), in training
 */
export class Network {
  readonly inputs: number;
  readonly actions: number;
  /** All parameters. Those of the heads for training come last. */
  readonly parameters: readonly Parameter[];
  /** Number of all parameters' values. */
  readonly size: number;
  /** Parameters for play, which come first, and the number of their values. */
  readonly playingParameters: readonly Parameter[];
  readonly playingSize: number;
  private readonly takes: TakeTable;

  constructor(
    readonly players: number,
    readonly shape: NetworkShape,
  ) {
    this.inputs = new Encoder(players).inputs;
    this.actions = Rules.for(players).actions;
    this.takes = new TakeTable(players);
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
    addLinear('takes', width, TAKE_VALUES);
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
   * Adds the network for play to a graph that has `inputs` and the parameters under their names. `linear` replaces the usual
   * way of adding a layer.
   */
  forward(graph: Graph, inputs: Tensor, linear = floatLinear(graph)): Heads {
    return this.build(graph, inputs, linear).heads;
  }

  /**
   * Adds the network with the heads for training. `counts` is the tensor of `takeCounts`. `drop` adds dropout to each layer of
   * `droppedLayers`.
   */
  forwardInTraining(graph: Graph, inputs: Tensor, counts: Tensor, drop?: DropoutLayer): TrainingHeads {
    const linear = floatLinear(graph);
    const { heads, outcome } = this.build(graph, inputs, linear, drop);
    const logits = this.addTakes(graph, counts, heads);
    return { ...heads, logits, ownership: graph.tanh(linear(outcome, 'ownership')) };
  }

  /** Adds complete logits, `[n, actions]`, to a graph that has the heads. */
  logits(graph: Graph, inputs: Tensor, heads: Heads): Tensor {
    return this.addTakes(graph, this.takes.countsOf(graph, inputs), heads);
  }

  /** Returns what logits in training need beside the heads, `[rows, takeCountSize]` (takeTable.ts). */
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
   * Returns fresh weights: normal with variance 2 / inputs (He et al. 2015). Heads and the second layer of each block have a
   * tenth of that deviation, so the network starts nearly uniform and each block nearly as the identity.
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
