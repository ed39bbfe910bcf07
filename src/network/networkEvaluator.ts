import { utility } from '../mcts/azul.js';
import type { Evaluator, Leaves } from '../mcts/evaluator.js';
import { Encoder } from './encoding.js';
import type { Inference } from './inference.js';
import type { Network } from './network.js';
import { TAKE_VALUES, TakeTable } from './takeTable.js';

/** Evaluates positions with a network: encodes them, runs the network, and converts its values for the search. */
export class NetworkEvaluator implements Evaluator {
  /** Time spent in the network alone so far. */
  networkMilliseconds = 0;
  private readonly encoder: Encoder;
  private readonly takes: TakeTable;
  private inputs = new Float32Array(0);
  private tables = new Float32Array(0);
  private value = new Float32Array(0);
  private margin = new Float32Array(0);

  constructor(
    readonly network: Network,
    private readonly inference: Inference,
  ) {
    this.encoder = new Encoder(network.players);
    this.takes = new TakeTable(network.players);
  }

  async evaluate(leaves: Leaves): Promise<void> {
    this.encode(leaves);
    const start = performance.now();
    await this.infer(leaves);
    this.networkMilliseconds += performance.now() - start;
    this.addTakes(leaves);
    placeValues(leaves, this.network.players, this.value, this.margin);
  }

  /** Runs the network on the inputs of the last call, without encoding, for benchmarks. */
  infer({ count, logits }: Leaves): Promise<void> {
    const { inputs, tables, value, margin } = this;
    return this.inference.run(inputs, count, { policy: logits, takes: tables, value, margin });
  }

  private encode({ count, capacity, states, game }: Leaves): void {
    const { inputs, players } = this.network;
    if (this.inputs.length < capacity * inputs) {
      this.inputs = new Float32Array(capacity * inputs);
      this.tables = new Float32Array(capacity * TAKE_VALUES);
      this.value = new Float32Array(capacity * players);
      this.margin = new Float32Array(capacity * players);
    }
    for (let row = 0; row < count; row++) this.encoder.encode(states, row * game.stateSize, this.inputs, row * inputs);
  }

  /** Adds the shared logits. */
  private addTakes({ count, logits }: Leaves): void {
    const { actions, inputs } = this.network;
    for (let row = 0; row < count; row++) {
      this.takes.addTo(logits, row * actions, this.tables, row * TAKE_VALUES, this.inputs, row * inputs);
    }
  }

  /** Frees the network. */
  close(): Promise<void> {
    return this.inference.close();
  }
}

/** Converts a network's values and margins, `[capacity, players]`, mover first, to the value vectors of leaves, by seat. */
export function placeValues(
  { count, states, values, game }: Leaves,
  players: number,
  value: Float32Array,
  margins: Float32Array,
): void {
  for (let row = 0; row < count; row++) {
    const mover = game.mover(states, row * game.stateSize);
    for (let seat = 0; seat < players; seat++) {
      const player = mover + seat < players ? mover + seat : mover + seat - players;
      const margin = margins[row * players + seat]!;
      values[2 * row * players + player] = utility(value[row * players + seat]!, margin);
      values[(2 * row + 1) * players + player] = margin;
    }
  }
}
