/** Charts as text. */
import type { Chart } from '../../training/curves/chart.js';
import { scaled, tickLabel } from '../../training/curves/scale.js';
import type { Measured } from '../../training/run/metrics.js';

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

/** Letters that curves are drawn with, so that no colours are needed. */
const MARKS = '*o+x#@%&';
const LABEL = 9;

/** Curves as lines of text, a letter for each; where curves meet, the first one shows. `along` names the horizontal axis. */
export function drawCurves(chart: Chart, history: readonly Measured[], along: string, height = 12): string {
  const scale = scaled(chart, history);
  const columns = Math.min(WIDTH, Math.max(2, Math.floor(WIDTH / history.length) * history.length));
  const cells = Array.from({ length: height }, () => new Array<string>(columns).fill(' '));
  const row = (value: number) => Math.round(((scale.high - value) / (scale.high - scale.low)) * (height - 1));
  for (const [i, { values }] of [...scale.lines.entries()].reverse()) {
    for (let column = 0; column < columns; column++) {
      const value = values[Math.floor((column * history.length) / columns)];
      if (value !== undefined) cells[row(value)]![column] = MARKS[i % MARKS.length]!;
    }
  }
  const labels = new Map(scale.ticks.map((tick) => [row(tick), tickLabel(tick, scale, chart.unit)]));
  const lines = cells.map((line, i) => {
    const label = labels.get(i);
    return `${(label ?? '').padStart(LABEL)} ${label === undefined ? '│' : '┤'}${line.join('')}`.trimEnd();
  });
  const [first, last] = [history[0]!.iteration, history.at(-1)!.iteration];
  const legend = scale.lines.map(({ name }, i) => `${MARKS[i % MARKS.length]} ${name}`).join('   ');
  const indent = ' '.repeat(LABEL + 2);
  return [
    `${indent}${chart.title}`,
    ...lines,
    `${' '.repeat(LABEL)} └${'─'.repeat(columns)}`,
    `${indent}${along} ${first} to ${last}   ${legend}`,
  ].join('\n');
}
