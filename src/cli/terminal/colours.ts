import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

const { env } = process;

/** Whether a stream shows colours: a terminal, and NO_COLOR not set. FORCE_COLOR stands for a terminal. */
export function showsColours(stream: Partial<WriteStream> = process.stdout): boolean {
  if (env.NO_COLOR) return false;
  return Boolean(env.FORCE_COLOR) || (stream.isTTY === true && env.TERM !== 'dumb');
}

/** A word in bold, where standard output shows colours. */
export function bold(text: string): string {
  return pc.createColors(showsColours()).bold(text);
}

/** Prints a warning on standard error, in yellow where it shows colours. */
export function warn(message: string): void {
  console.error(pc.createColors(showsColours(process.stderr)).yellow(message));
}

const printed = new Set<string>();

/** Prints a warning as `warn` does. The same warning again prints nothing. */
export function warnOnce(message: string): void {
  if (!printed.has(message)) warn(message);
  printed.add(message);
}
