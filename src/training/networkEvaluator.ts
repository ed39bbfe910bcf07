import * as ort from 'onnxruntime-node';
import { utility } from '../mcts/azul.js';
import type { Evaluator, Leaves } from '../mcts/evaluator.js';
import { Encoder } from './encoding.js';
import type { Network } from './network.js';
import { encodeNetwork } from './onnxModel.js';

/** One thread a session: threads that wait for each other by spinning take the cores from other workers. */
const SESSION_OPTIONS: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/** The policy and value network, run by ONNX Runtime on one thread. */
export class NetworkEvaluator implements Evaluator {
  /** Time spent in ONNX Runtime so far. */
  networkMilliseconds = 0;
  private readonly encoder: Encoder;
  private inputs = new Float32Array(0);
  private value = new Float32Array(0);
  private margin = new Float32Array(0);

  private constructor(
    readonly network: Network,
    private readonly session: ort.InferenceSession,
  ) {
    this.encoder = new Encoder(network.players);
  }

  static async create(network: Network, weights: Float32Array): Promise<NetworkEvaluator> {
    const model = encodeNetwork(network, weights);
    return new NetworkEvaluator(network, await ort.InferenceSession.create(model, SESSION_OPTIONS));
  }

  async evaluate(leaves: Leaves): Promise<void> {
    this.encode(leaves);
    const start = performance.now();
    await this.infer(leaves);
    this.networkMilliseconds += performance.now() - start;
    this.placeValues(leaves);
  }

  /** Runs the network on the inputs that are there, without encoding: what a benchmark compares the rest with. */
  async infer({ count, logits }: Leaves): Promise<void> {
    const { players, actions, inputs } = this.network;
    await this.session.run(
      { inputs: tensor(this.inputs, count, inputs) },
      {
        logits: tensor(logits, count, actions),
        value: tensor(this.value, count, players),
        margin: tensor(this.margin, count, players),
      },
    );
  }

  private encode({ count, capacity, states, game }: Leaves): void {
    const { inputs, players } = this.network;
    if (this.inputs.length < capacity * inputs) {
      this.inputs = new Float32Array(capacity * inputs);
      this.value = new Float32Array(capacity * players);
      this.margin = new Float32Array(capacity * players);
    }
    for (let row = 0; row < count; row++) this.encoder.encode(states, row * game.stateSize, this.inputs, row * inputs);
  }

  /** Turns the network's values, mover first, into value vectors by seat. */
  private placeValues({ count, states, values, game }: Leaves): void {
    const { players } = this.network;
    for (let row = 0; row < count; row++) {
      const mover = game.mover(states, row * game.stateSize);
      for (let seat = 0; seat < players; seat++) {
        const player = mover + seat < players ? mover + seat : mover + seat - players;
        const margin = this.margin[row * players + seat]!;
        values[2 * row * players + player] = utility(this.value[row * players + seat]!, margin);
        values[(2 * row + 1) * players + player] = margin;
      }
    }
  }

  /** Frees the session. */
  async close(): Promise<void> {
    await this.session.release();
  }
}

function tensor(data: Float32Array, rows: number, columns: number): ort.Tensor {
  return new ort.Tensor('float32', data.subarray(0, rows * columns), [rows, columns]);
}
