import Table from 'cli-table3';
import { showsColours } from './colours.js';

const PLAIN = { head: [], border: [] };
/** No lines between rows. */
const DENSE = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** A table of rows below a head as text. A dense table has no lines between its rows. */
export function formatTable(
  head: string[],
  rows: string[][],
  colAligns: ('left' | 'right')[] = [],
  dense = false,
): string {
  const table = new Table({
    head,
    colAligns,
    style: showsColours() ? {} : PLAIN,
    chars: dense ? DENSE : {},
  });
  table.push(...rows);
  return table.toString();
}
