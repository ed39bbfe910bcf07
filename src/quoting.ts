/**
 * Quotes, '…' and "…", as in a shell. The specs of players and the commands of engines have the same quotes but no escapes.
 * `quoted` writes a form that all of them read.
 */

/** A text in quotes. */
export function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  // These characters have a meaning for a shell within "…".
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'"'"'`)}'` : `"${text}"`;
}

/** A text without its quotes. A quote that is not closed stays. */
export function unquoted(text: string): string {
  return text.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? '');
}

/** The words of a command, without their quotes. */
export function words(command: string): string[] {
  return (command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map(unquoted);
}

/** A path or a spec as one word of a shell command, which is not read as an option. */
export function shellWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\p{L}\p{N}_./:@%+,=-]+$/u.test(word) ? word : quoted(word);
}
