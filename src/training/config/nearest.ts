/**
 * Returns the number of edits that turn one text into another. An edit inserts, deletes or replaces one character
 * (Levenshtein 1966).
 */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * Returns the name that was probably meant: the one with the fewest edits, if capitals are ignored. The edits must not
 * exceed a third of the length of its last word. A dotted name may also match by its last word alone. Undefined if no
 * name is near.
 */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const edits = (a: string, b: string) => editDistance(a.toLowerCase(), b.toLowerCase());
  const ranked = names
    .map((name) => {
      const [whole, end] = [edits(text, name), edits(last(text), last(name))];
      return { name, whole, least: Math.min(whole, end), limit: last(name).length / 3 };
    })
    .filter(({ least, limit }) => least <= limit)
    .sort((a, b) => a.least - b.least || a.whole - b.whole);
  return ranked[0]?.name;
}
