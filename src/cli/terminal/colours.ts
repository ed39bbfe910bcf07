import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

const { env } = process;

/** Whether a stream shows colours: if it is a terminal or FORCE_COLOR is set, and NO_COLOR is not set. */
export function showsColours(stream: Partial<WriteStream> = process.stdout): boolean {
  if (env.NO_COLOR) return false;
  return Boolean(env.FORCE_COLOR) || (stream.isTTY === true && env.TERM !== 'dumb');
}

/** A text in bold if standard output shows colours. */
export function bold(text: string): string {
  return pc.createColors(showsColours()).bold(text);
}

/** Prints a warning on standard error, in yellow if it shows colours. */
export function warn(message: string): void {
  console.error(pc.createColors(showsColours(process.stderr)).yellow(message));
}

const printed = new Set<string>();

/** Prints a warning as `warn` does, but each text only once. */
export function warnOnce(message: string): void {
  if (!printed.has(message)) warn(message);
  printed.add(message);
}
