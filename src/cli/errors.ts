/** How the command line ends when something is wrong: one line on standard error, and a status. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { UsageError } from '../usageError.js';

/** Exit status: 2 where the caller's way of asking is wrong, 1 where what was found is. */
export function statusOf(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/** An error's message on one line. */
export function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}

/** Says what is wrong and ends the process. */
export function fail(error: unknown): never {
  console.error(`azul: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  process.exit(statusOf(error));
}

/** How writing fails where the reader of a pipe, or the terminal, is gone. */
const GONE = ['EPIPE', 'EIO'];

let outputIsAll = true;

/** Lets the command go on when its output can't be written: what it works for is in files, or served. */
export function outliveOutput(): void {
  outputIsAll = false;
}

/**
 * Sees to streams that can't be written any more. Without standard error everything goes on. Without standard output a
 * command ends that is there for its output: quietly when the reader is gone (`azul bench | head -1`).
 */
export function watchStreams(): void {
  process.stderr.on('error', () => {});
  let isBroken = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isGone = GONE.includes(error.code!);
    if (outputIsAll && isGone) process.exit(0);
    const broken = new Error(`cannot write the output: ${error.message}`);
    if (outputIsAll) fail(broken);
    if (isBroken) return;
    isBroken = true;
    if (!isGone) process.exitCode = 1;
    console.error(`azul: ${broken.message}; the command continues without output`);
  });
  // At its end Node resets the terminals that it was started on, and aborts where one is gone; a closed one it leaves.
  const terminals = [0, 1, 2].filter(isatty);
  process.on('exit', () => {
    for (const terminal of terminals) if (!isatty(terminal)) closeSync(terminal);
  });
}
