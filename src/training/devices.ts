import { UsageError } from '../usageError.js';

/** Where ONNX Runtime can compute: its execution providers on all platforms. Which are there, `createSession` finds out. */
export const DEVICES = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;

export type Device = (typeof DEVICES)[number];

/** A library or device to compute with that is not there. */
export class DeviceError extends UsageError {
  override name = 'DeviceError';
}
