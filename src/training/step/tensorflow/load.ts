import util from 'node:util';
import { DeviceError } from '../../../network/devices.js';
import type { TensorFlow } from './operators.js';

/** Packages with the native TensorFlow. The first installed one is used. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** Loads the installed TensorFlow.js. Throws a DeviceError that says what to install, or why it does not load. */
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

/** Restores functions of node:util that the packages call (up to 4.22) and that Node 23 removed. */
function bringBackRemovedFunctions(): void {
  const old = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  old.isArray ??= Array.isArray;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
