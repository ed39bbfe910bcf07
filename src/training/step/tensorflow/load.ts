import util from 'node:util';
import { DeviceError } from '../../../network/devices.js';
import type { TensorFlow } from './operators.js';

/** Packages that bring the native TensorFlow; the first that is installed is taken. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** The module of the TensorFlow.js that is installed; a DeviceError says what to install, or what keeps it from loading. */
export async function loadTensorFlow(
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<TensorFlow> {
  bringBackRemovedFunctions();
  for (const name of PACKAGES) {
    try {
      const module = (await load(name)) as TensorFlow & { default?: TensorFlow };
      return module.default ?? module;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) continue;
      throw new DeviceError(
        `${name} is installed but does not load: ${message.trim().split('\n')[0]}; install it again where its install ` +
          'script can download TensorFlow, or train with the backend onnx',
      );
    }
  }
  throw new DeviceError(
    `the backend tensorflow is not installed; npm install ${PACKAGES[0]} (with CUDA 11 for a GPU) or ${PACKAGES[1]}`,
  );
}

/** Functions of node:util that the packages, up to 4.22, call, and that Node 23 removed. */
function bringBackRemovedFunctions(): void {
  const old = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  old.isArray ??= Array.isArray;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
