import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import type { Inference, Outputs } from '../../../src/network/inference.js';
import type { Network } from '../../../src/network/network.js';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href };
ort.env.logLevel = 'error';

/** Runs a network by ONNX Runtime in WebAssembly with SIMD, on one thread. */
export class WebInference implements Inference {
  private constructor(
    private readonly network: Network,
    private readonly session: ort.InferenceSession,
  ) {}

  /** `model` holds the bytes of a model file. */
  static async create(network: Network, model: Uint8Array): Promise<WebInference> {
    return new WebInference(network, await ort.InferenceSession.create(model, { executionProviders: ['wasm'] }));
  }

  async run(inputs: Float32Array, rows: number, { policy, takes, value, margin }: Outputs): Promise<void> {
    const width = this.network.inputs;
    const batch = new ort.Tensor('float32', inputs.subarray(0, rows * width), [rows, width]);
    const out = await this.session.run({ inputs: batch });
    policy.set(out.policy!.data as Float32Array);
    takes.set(out.takes!.data as Float32Array);
    value.set(out.value!.data as Float32Array);
    margin.set(out.margin!.data as Float32Array);
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}
