import * as ort from 'onnxruntime-node';
import type { Inference, Outputs } from './inference.js';
import type { Network } from './network.js';
import { NetworkEvaluator } from './networkEvaluator.js';
import { encodeNetwork } from './onnxModel.js';

/** One thread a session: threads that wait for each other by spinning take the cores from other workers. */
const SESSION_OPTIONS: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/** A network run by ONNX Runtime on the calling thread. */
export class OnnxInference implements Inference {
  private constructor(
    private readonly network: Network,
    private readonly session: ort.InferenceSession,
  ) {}

  static async create(network: Network, model: Uint8Array): Promise<OnnxInference> {
    return new OnnxInference(network, await ort.InferenceSession.create(model, SESSION_OPTIONS));
  }

  async run(inputs: Float32Array, rows: number, { logits, value, margin }: Outputs): Promise<void> {
    const { players, actions } = this.network;
    await this.session.run(
      { inputs: tensor(inputs, rows, this.network.inputs) },
      {
        logits: tensor(logits, rows, actions),
        value: tensor(value, rows, players),
        margin: tensor(margin, rows, players),
      },
    );
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function tensor(data: Float32Array, rows: number, columns: number): ort.Tensor {
  return new ort.Tensor('float32', data.subarray(0, rows * columns), [rows, columns]);
}

/** An evaluator that runs the network with these weights in ONNX Runtime. */
export async function openEvaluator(network: Network, weights: Float32Array): Promise<NetworkEvaluator> {
  return new NetworkEvaluator(network, await OnnxInference.create(network, encodeNetwork(network, weights)));
}
