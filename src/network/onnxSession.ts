import { type Device, DeviceError } from './devices.js';
import * as ort from './ort.js';

// Errors are thrown. ONNX Runtime would print them as well.
ort.env.logLevel = 'fatal';

/** Where a session computes. */
export interface SessionSettings {
  /** The execution provider. The cpu computes what it can't. */
  device?: Device;
  /**
   * Threads that compute on the cpu, 1 by default. More threads spin while they wait for each other, and take the cores from
   * other workers.
   */
  threads?: number;
}

/** Creates a session of ONNX Runtime for a model in bytes. A DeviceError says why the device can't be used. */
export async function createSession(
  model: Uint8Array,
  { device = 'cpu', threads = 1 }: SessionSettings = {},
): Promise<ort.InferenceSession> {
  const create = (executionProviders: string[]) =>
    ort.InferenceSession.create(model, {
      executionProviders,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  if (device === 'cpu') return create(['cpu']);
  const known = ort.listSupportedBackends().map(({ name }) => name);
  if (!known.includes(device)) {
    throw new DeviceError(
      `the installed onnxruntime-node has no device ${device} on ${process.platform}-${process.arch}; choose one of ${known.join(', ')}`,
    );
  }
  try {
    return await create([device, 'cpu']);
  } catch (error) {
    const { message } = error as Error;
    if (/load shared library/.test(message)) throw new DeviceError(missingLibraries(device));
    // The text before is a place in the library's source.
    const reason = message
      .trim()
      .split(/ was false\. |\[ONNXRuntimeError\] : \d+ : \w+ : /)
      .at(-1);
    throw new DeviceError(`the device ${device} can't be used: ${reason}; check its drivers, or choose cpu`);
  }
}

/** The libraries of CUDA are too large for onnxruntime-node's package: its install script downloads them if it may. */
function missingLibraries(device: Device): string {
  return (
    `the device ${device} needs libraries that onnxruntime-node has not downloaded, or CUDA 12 with cuDNN 9 itself; ` +
    'with these on the system, ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js downloads them'
  );
}
