import * as ort from 'onnxruntime-node';
import type { Device } from './devices.js';
import type { Inference, Outputs } from './inference.js';
import type { Network } from './network.js';
import { NetworkEvaluator } from './networkEvaluator.js';
import { encodeNetwork } from './onnxModel.js';
import { createSession } from './onnxSession.js';

/** A network run by ONNX Runtime, on the calling thread or another device. */
export class OnnxInference implements Inference {
  private constructor(
    private readonly network: Network,
    private readonly session: ort.InferenceSession,
  ) {}

  static async create(network: Network, model: Uint8Array, device?: Device): Promise<OnnxInference> {
    return new OnnxInference(network, await createSession(model, { device }));
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

/** An evaluator that runs the network with these weights in ONNX Runtime; a DeviceError says why the device can't be had. */
export async function openEvaluator(
  network: Network,
  weights: Float32Array,
  device?: Device,
): Promise<NetworkEvaluator> {
  return new NetworkEvaluator(network, await OnnxInference.create(network, encodeNetwork(network, weights), device));
}
