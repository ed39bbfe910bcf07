import Table from 'cli-table3';

/** Rows below a head, as text; plain where standard output is no terminal. */
export function formatTable(head: string[], rows: string[][], colAligns: ('left' | 'right')[] = []): string {
  const plain = { head: [], border: [] };
  const table = new Table({ head, colAligns, style: process.stdout.isTTY ? {} : plain });
  table.push(...rows);
  return table.toString();
}
