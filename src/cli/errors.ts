/** How a command ends with an error: one line on standard error and an exit status. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { UsageError } from '../usageError.js';

/** Exit status: 2 for an invalid command line, 1 for any other error. */
export function statusOf(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/** An error's message on one line. */
export function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}

/** Prints the error and ends the process. */
export function fail(error: unknown): never {
  console.error(`azul: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  process.exit(statusOf(error));
}

/** Error codes of writing to a pipe without a reader, or to a closed terminal. */
const GONE = ['EPIPE', 'EIO'];

let outputIsAll = true;
let endWithoutReader: () => void = () => process.exit(0);

/** Lets the command continue when its output can't be written, because its results are files or a served page. */
export function outliveOutput(): void {
  outputIsAll = false;
}

/** Has a command end itself once its reader is gone, because worker threads can't be ended in the middle of their work. */
export function whenReaderIsGone(end: () => void): void {
  endWithoutReader = end;
}

/**
 * Handles streams that can't be written any more. Every command continues without standard error. Without standard output,
 * a command ends unless `outliveOutput` was called; it ends silently if the reader is gone (`azul bench | head -1`).
 */
export function watchStreams(): void {
  process.stderr.on('error', () => {});
  let isBroken = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isGone = GONE.includes(error.code!);
    if (outputIsAll && isGone) return endWithoutReader();
    const broken = new Error(`cannot write the output: ${error.message}`);
    if (outputIsAll) fail(broken);
    if (isBroken) return;
    isBroken = true;
    if (!isGone) process.exitCode = 1;
    console.error(`azul: ${broken.message}; the command continues without output`);
  });
  // Node resets its terminals when it ends, and aborts if one is gone. It skips a closed one.
  const terminals = [0, 1, 2].filter(isatty);
  process.on('exit', () => {
    for (const terminal of terminals) if (!isatty(terminal)) closeSync(terminal);
  });
}
