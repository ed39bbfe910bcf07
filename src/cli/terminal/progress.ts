import { SingleBar } from 'cli-progress';
import { beforeSignal } from '../interruption.js';

/** A progress bar; undefined if standard output is no terminal. */
export function progressBar(task: string, total: number, done = 0): SingleBar | undefined {
  if (!process.stdout.isTTY) return undefined;
  const bar = new SingleBar({ format: '{task} {bar} {value}/{total} {note}', hideCursor: true, clearOnComplete: true });
  // Stopping the bar restores the cursor and line wrapping.
  bar.once(
    'stop',
    beforeSignal(() => bar.stop()),
  );
  bar.start(total, done, { task, note: '' });
  return bar;
}
