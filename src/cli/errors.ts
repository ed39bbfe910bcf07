/** How the command line ends when something is wrong: one line on standard error, and a status. */
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

/** Whoever reads the output may stop reading (`azul bench | head -1`): then there is nobody left to tell. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    fail(new Error(`cannot write the output: ${error.message}`));
  });
}

/** From here on Ctrl-C ends the process at once, with the cursor and line wrapping back that a progress bar has turned off. */
export function exitOnInterrupt(lastWord?: string): void {
  process.once('SIGINT', () => {
    if (process.stdout.isTTY) process.stdout.write('\x1b[?25h\x1b[?7h\n');
    if (lastWord) console.error(lastWord);
    process.exit(130);
  });
}
