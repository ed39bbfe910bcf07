import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Device } from '../network/devices.js';
import type { ForeignModel } from '../network/foreign/foreignModel.js';
import { ModelError } from '../network/onnxModel.js';
import { compiled } from '../paths.js';

/** Max milliseconds for starting a network and evaluating some positions. */
const LIMIT = 30_000;

/** Message to the trial's process. */
export interface Trial {
  model: ForeignModel;
  device: Device | undefined;
}

/** Answer of the trial's process: what is wrong with the network, if anything. */
export type Verdict = { fault: string } | { fault?: undefined };

/**
 * Runs a network of another program on a few positions. It runs in a separate process, because a graph may crash, or never
 * end. Throws a ModelError that says what is wrong.
 */
export async function tryForeign(model: ForeignModel, path: string, device?: Device): Promise<void> {
  const child = fork(fileURLToPath(compiled('players/trialProcess.js')), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const fault = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(`takes over ${LIMIT / 1000} s for a few positions`), LIMIT);
    child.once('message', (verdict: Verdict) => resolve(verdict.fault));
    child.once('error', (error) => resolve(`can't be tried: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`makes ONNX Runtime crash (${signal ?? `status ${code}`})`));
    child.once('close', () => clearTimeout(timer));
    child.send({ model, device } satisfies Trial, () => {});
  });
  child.kill('SIGKILL');
  if (fault !== undefined) throw new ModelError(`${path} ${fault}; mend its graph, or name another`);
}
