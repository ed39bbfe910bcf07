/**
 * Quotes, '…' and "…", as a shell reads them. The specs of players and the commands of engines read them in the same way,
 * but have no escapes: `quoted` writes what all of them understand.
 */

/** A text in quotes. */
export function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  // Nothing that means something to a shell within "…".
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'"'"'`)}'` : `"${text}"`;
}

/** A text without its quotes; one that is not closed stays. */
export function unquoted(text: string): string {
  return text.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? '');
}

/** The words of a command, without their quotes. */
export function words(command: string): string[] {
  return (command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map(unquoted);
}

/** A path or the spec of a player as one word of a shell's command, and not as an option. */
export function shellWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\p{L}\p{N}_./:@%+,=-]+$/u.test(word) ? word : quoted(word);
}
