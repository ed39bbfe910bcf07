/** Blocks from empty to full, in steps of an eighth. */
const BLOCKS = ' ▁▂▃▄▅▆▇█';
const WIDTH = 72;

/** Draws values from 0 to 1 as a filled curve of text. `marks` are the labels of the axis by the index of their value. */
export function drawChart(
  values: readonly number[],
  marks: ReadonlyMap<number, string> = new Map(),
  height = 8,
): string {
  const wide = Math.max(1, Math.floor(WIDTH / values.length));
  const columns = Math.min(WIDTH, wide * values.length);
  const at = (column: number) => Math.floor((column * values.length) / columns);
  const lines = Array.from({ length: height }, (_, line) => {
    const below = height - 1 - line;
    const cells = Array.from({ length: columns }, (_, column) => {
      const full = BLOCKS.length - 1;
      const filled = Math.round(full * (height * values[at(column)]! - below));
      return BLOCKS[Math.max(0, Math.min(full, filled))];
    });
    const label = line === 0 ? '100 %' : 2 * line === height ? '50 %' : '';
    return `${label.padStart(5)} ┤${cells.join('')}`.trimEnd();
  });
  const axis = new Array<string>(columns).fill('─');
  for (const [index, mark] of marks) {
    const column = Math.ceil((index * columns) / values.length);
    axis.splice(column, mark.length, ...mark);
  }
  return [...lines, `  0 % └${axis.slice(0, columns).join('')}`].join('\n');
}
