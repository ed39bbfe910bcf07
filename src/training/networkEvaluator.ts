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
    const { count, states, logits, values } = leaves;
    const { players, actions, inputs } = this.network;
    this.reserve(leaves.capacity);
    const { stateSize } = leaves.game;
    for (let row = 0; row < count; row++) this.encoder.encode(states, row * stateSize, this.inputs, row * inputs);
    await this.session.run(
      { inputs: tensor(this.inputs, count, inputs) },
      {
        logits: tensor(logits, count, actions),
        value: tensor(this.value, count, players),
        margin: tensor(this.margin, count, players),
      },
    );
    for (let row = 0; row < count; row++) {
      const mover = leaves.game.mover(states, row * stateSize);
      for (let seat = 0; seat < players; seat++) {
        const player = (mover + seat) % players;
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

  private reserve(rows: number): void {
    if (this.inputs.length >= rows * this.network.inputs) return;
    this.inputs = new Float32Array(rows * this.network.inputs);
    this.value = new Float32Array(rows * this.network.players);
    this.margin = new Float32Array(rows * this.network.players);
  }
}

function tensor(data: Float32Array, rows: number, columns: number): ort.Tensor {
  return new ort.Tensor('float32', data.subarray(0, rows * columns), [rows, columns]);
}
