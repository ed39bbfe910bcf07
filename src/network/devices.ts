import { UsageError } from '../usageError.js';

/** Execution providers of ONNX Runtime on all platforms. `createSession` checks which are installed. */
export const DEVICES = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/**
 * The number of threads that may compute at once if each uses one of these devices. With webgpu it is 1: ONNX Runtime (1.30)
 * ends with a memory error if two threads of a process use that.
 */
export function usableThreads(threads: number, devices: readonly (string | undefined)[]): number {
  return devices.includes('webgpu') ? 1 : threads;
}

/** A library or device for computing is missing. */
export class DeviceError extends UsageError {
  override name = 'DeviceError';
}
