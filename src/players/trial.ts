import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Device } from '../network/devices.js';
import type { ForeignModel } from '../network/foreign/foreignModel.js';
import { ModelError } from '../network/onnxModel.js';
import { compiled } from '../paths.js';

/** Milliseconds in which a network must have started and evaluated some positions. */
const LIMIT = 30_000;

/** What the trial's process is sent. */
export interface Trial {
  model: ForeignModel;
  device: Device | undefined;
}

/** What it answers: what is wrong, or nothing. */
export type Verdict = { fault: string } | { fault?: undefined };

/**
 * Runs a network of another program on a few positions, in a process of its own: a graph may crash, or never end. A ModelError
 * says what is wrong.
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
