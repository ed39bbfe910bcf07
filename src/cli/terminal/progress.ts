import { SingleBar } from 'cli-progress';
import { beforeSignal } from '../interruption.js';

/** A progress bar on a terminal; elsewhere nothing. */
export function progressBar(task: string, total: number, done = 0): SingleBar | undefined {
  if (!process.stdout.isTTY) return undefined;
  const bar = new SingleBar({ format: '{task} {bar} {value}/{total} {note}', hideCursor: true, clearOnComplete: true });
  // To stop it brings the cursor and line wrapping back.
  bar.once(
    'stop',
    beforeSignal(() => bar.stop()),
  );
  bar.start(total, done, { task, note: '' });
  return bar;
}
