/** The network: its inputs, its graph, model files, and its evaluation by ONNX Runtime. */

export { DEVICES, type Device, DeviceError } from './devices.js';
export { Encoder } from './encoding.js';
export { ForeignEvaluator } from './foreign/foreignEvaluator.js';
export { decodeForeign, type ForeignModel } from './foreign/foreignModel.js';
export { type Constant, Graph, type GraphNode, type Tensor } from './graph.js';
export { type Inference, type Outputs, PRECISIONS, type Precision } from './inference.js';
export {
  type DropoutLayer,
  type Heads,
  type LinearLayer,
  NETWORK_SIZES,
  Network,
  type NetworkShape,
  type NetworkSize,
  type Parameter,
  type TrainingHeads,
} from './network.js';
export { NetworkEvaluator } from './networkEvaluator.js';
export { openEvaluator } from './onnxInference.js';
export { decodeNetwork, encodeNetwork, type Model, ModelError } from './onnxModel.js';
export type { SessionSettings } from './onnxSession.js';
export type { Ranges } from './quantization.js';
