import { Random } from '../game/random.js';
import { Rules } from '../game/rules.js';
import { Encoder } from './encoding.js';
import type { Graph, Tensor } from './graph.js';

/** Width and depth of a network. */
export interface NetworkShape {
  /** Units of every hidden layer. */
  width: number;
  /** Residual blocks of two layers each. */
  blocks: number;
}

export const NETWORK_SIZES = {
  small: { width: 128, blocks: 1 },
  medium: { width: 256, blocks: 2 },
  large: { width: 512, blocks: 4 },
} as const satisfies Record<string, NetworkShape>;

export type NetworkSize = keyof typeof NETWORK_SIZES;

export interface Parameter {
  name: string;
  dims: readonly number[];
  /** Where its values start among all parameters, and their number. */
  start: number;
  size: number;
}

/** The tensors that a network computes, for n positions. */
export interface Heads {
  /** [n, actions], raw. */
  logits: Tensor;
  /** [n, players], mover first: expected rank value in [-1, 1]. */
  value: Tensor;
  /** [n, players], mover first: expected margin value (azul.ts) in [-1, 1]. */
  margin: Tensor;
}

/**
 * The policy and value network: a residual multilayer perceptron without normalisation.
 *
 *     inputs → linear, relu → blocks × (x + linear(relu(linear x)), relu) → policy logits
 *                                                                        → linear, relu → value, margin (tanh)
 */
export class Network {
  readonly inputs: number;
  readonly actions: number;
  readonly parameters: readonly Parameter[];
  /** Number of all parameters' values. */
  readonly size: number;

  constructor(
    readonly players: number,
    readonly shape: NetworkShape,
  ) {
    this.inputs = new Encoder(players).inputs;
    this.actions = Rules.for(players).actions;
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
    const half = width >> 1;
    addLinear('outcome', width, half);
    addLinear('value', half, players);
    addLinear('margin', half, players);
    this.parameters = parameters;
    this.size = start;
  }

  /** Whether another network has the same parameters. */
  equals({ players, shape }: Network): boolean {
    return players === this.players && shape.width === this.shape.width && shape.blocks === this.shape.blocks;
  }

  /** Adds the network to a graph in which `inputs` and the parameters stand under their names. */
  forward(graph: Graph, inputs: Tensor): Heads {
    const linear = (x: Tensor, name: string) => graph.linear(x, `${name}.weight`, `${name}.bias`);
    let x = graph.relu(linear(inputs, 'input'));
    for (let block = 0; block < this.shape.blocks; block++) {
      const inner = graph.relu(linear(x, `block${block}.first`));
      x = graph.relu(graph.add(linear(inner, `block${block}.second`), x));
    }
    const outcome = graph.relu(linear(x, 'outcome'));
    return {
      logits: linear(x, 'policy'),
      value: graph.tanh(linear(outcome, 'value')),
      margin: graph.tanh(linear(outcome, 'margin')),
    };
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
      const deviation = Math.sqrt(2 / dims[0]!) * (/second|policy|value|margin/.test(name) ? 0.1 : 1);
      for (let i = start; i < start + size; i++) weights[i] = deviation * random.normal();
    }
    return weights;
  }
}
