import { calibrate } from './calibration.js';
import type { Device } from './devices.js';
import type { Inference, Outputs, Precision } from './inference.js';
import type { Network } from './network.js';
import { NetworkEvaluator } from './networkEvaluator.js';
import { encodeForPlay, encodeQuantized, type Model } from './onnxModel.js';
import { createSession } from './onnxSession.js';
import * as ort from './ort.js';
import { TAKE_VALUES } from './takeTable.js';

/** A network run by ONNX Runtime, on the calling thread or another device. */
class OnnxInference implements Inference {
  constructor(
    private readonly network: Network,
    private readonly session: ort.InferenceSession,
  ) {}

  async run(inputs: Float32Array, rows: number, { policy, takes, value, margin }: Outputs): Promise<void> {
    const { players, actions } = this.network;
    await this.session.run(
      { inputs: tensor(inputs, rows, this.network.inputs) },
      {
        policy: tensor(policy, rows, actions),
        takes: tensor(takes, rows, TAKE_VALUES),
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

/**
 * Opens an evaluator that runs a model in ONNX Runtime: on the cpu in 8 bits unless `precision` is fp32, on other devices in
 * floats. A model without ranges is calibrated first. A DeviceError says why the device can't be used.
 */
export async function openEvaluator(
  { network, weights, ranges }: Model,
  { device = 'cpu', precision }: { device?: Device; precision?: Precision } = {},
): Promise<NetworkEvaluator> {
  const inFloats = precision === 'fp32' || device !== 'cpu';
  const bytes = inFloats
    ? encodeForPlay(network, weights)
    : encodeQuantized(network, weights, ranges ?? (await calibrate(network, weights)));
  return new NetworkEvaluator(network, new OnnxInference(network, await createSession(bytes, { device })));
}
