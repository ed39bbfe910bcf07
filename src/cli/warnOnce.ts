import pc from 'picocolors';

const printed = new Set<string>();

/** Prints a warning on standard error. The same warning again prints nothing. */
export function warnOnce(message: string): void {
  if (!printed.has(message)) console.error(pc.yellow(message));
  printed.add(message);
}
