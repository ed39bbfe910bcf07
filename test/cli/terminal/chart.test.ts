import { expect, test } from 'vitest';
import { drawChart, drawCurves } from '../../../src/cli/terminal/chart.js';
import { metrics } from '../../training/helpers.js';

test('values are filled from the bottom, in eighths of a line', () => {
  const chart = drawChart([0, 0.25, 0.5, 1], new Map([[2, '7']]), 2).split('\n');
  expect(chart[0]).toBe(`100 % ┤${' '.repeat(54)}${'█'.repeat(18)}`);
  expect(chart[1]).toBe(` 50 % ┤${' '.repeat(18)}${'▄'.repeat(18)}${'█'.repeat(36)}`);
  expect(chart[2]).toBe(`  0 % └${'─'.repeat(36)}7${'─'.repeat(35)}`);
});

test('long games are scaled to the width, marks included', () => {
  const marks = new Map([
    [0, '1'],
    [199, 'end'],
  ]);
  const lines = drawChart(
    Array.from({ length: 200 }, (_, i) => i / 199),
    marks,
  ).split('\n');
  expect(lines.length).toBe(9);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(79);
  expect(lines.at(-1)).toMatch(/└1─+$/);
});

test('no mark is lost where there are more values than columns', () => {
  const starts = [0, 6, 37, 50, 68];
  const marks = new Map(starts.map((start, i) => [start, String(i + 1)]));
  const axis = drawChart(new Array(86).fill(0.5), marks, 2).split('\n').at(-1)!;
  expect(axis.match(/\d(?!.*%)/g)).toEqual(['1', '2', '3', '4', '5']);
});

test('curves are drawn with a letter each, from the highest tick to the lowest', () => {
  const history = [1, 2, 3].map(metrics);
  const text = drawCurves(
    {
      group: 'Learning',
      title: 'Loss',
      unit: '',
      explanation: '',
      curves: [
        { name: 'training', of: ({ iteration }) => 4 - iteration },
        { name: 'held out', of: ({ iteration }) => (iteration === 2 ? undefined : 3) },
      ],
    },
    history,
    'epochs',
    5,
  ).split('\n');
  expect(text).toEqual([
    '           Loss',
    `      3.0 ┤${'*'.repeat(24)}${' '.repeat(24)}${'o'.repeat(24)}`,
    `      2.5 ┤`,
    `      2.0 ┤${' '.repeat(24)}${'*'.repeat(24)}`,
    `      1.5 ┤`,
    `      1.0 ┤${' '.repeat(48)}${'*'.repeat(24)}`,
    `          └${'─'.repeat(72)}`,
    '           epochs 1 to 3   * training   o held out',
  ]);
});
