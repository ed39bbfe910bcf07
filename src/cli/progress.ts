import { SingleBar } from 'cli-progress';

/** A progress bar on a terminal; elsewhere nothing. */
export function progressBar(task: string, total: number, done = 0): SingleBar | undefined {
  if (!process.stdout.isTTY) return undefined;
  const bar = new SingleBar({ format: '{task} {bar} {value}/{total} {note}', hideCursor: true, clearOnComplete: true });
  bar.start(total, done, { task, note: '' });
  return bar;
}
