import { UsageError } from '../usageError.js';

/** Where ONNX Runtime can compute: its execution providers on all platforms. Which are there, `createSession` finds out. */
export const DEVICES = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/**
 * How many of so many threads may compute at once if all of them have one of these devices: ONNX Runtime (1.30) ends with a
 * memory error where two threads of a process use webgpu.
 */
export function usableThreads(threads: number, devices: readonly (string | undefined)[]): number {
  return devices.includes('webgpu') ? 1 : threads;
}

/** A library or device for computing is missing. */
export class DeviceError extends UsageError {
  override name = 'DeviceError';
}
