import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { IterationMetrics } from '../../../src/training/run/metrics.js';
import { MetricsLog } from '../../../src/training/run/metricsLog.js';
import { MetricsTail } from '../../../src/training/run/metricsTail.js';
import { metrics, temporaryFolder } from '../helpers.js';

function logOf(...iterations: number[]): MetricsLog {
  const log = new MetricsLog(join(temporaryFolder(), 'metrics.jsonl'));
  for (const iteration of iterations) log.append(metrics(iteration));
  return log;
}

const iterations = (log: MetricsLog) => log.read().map(({ iteration }) => iteration);

describe('the history', () => {
  test('returns what was appended, one line for each iteration', () => {
    const log = logOf(1, 2);
    expect(log.read()).toEqual([metrics(1), metrics(2)]);
    expect(readFileSync(log.path, 'utf8').trimEnd().split('\n').length).toBe(2);
  });

  test('is empty before the first iteration, also after a rewind', () => {
    const log = logOf();
    expect(log.read()).toEqual([]);
    log.rewindTo(5);
    expect(log.read()).toEqual([]);
  });

  test('ignores a last line that is cut short anywhere', () => {
    const log = logOf(1, 2);
    const whole = readFileSync(log.path, 'utf8');
    const second = whole.indexOf('\n') + 1;
    for (let length = second; length < whole.length; length++) {
      writeFileSync(log.path, whole.slice(0, length));
      expect(iterations(log)).toEqual([1]);
    }
  });

  test('can be rewound, with or without a cut line, and continues from there', () => {
    const log = logOf(1, 2, 3);
    appendFileSync(log.path, '{"iteration":4,"ela');
    log.rewindTo(2);
    expect(iterations(log)).toEqual([1, 2]);
    log.append(metrics(3));
    expect(iterations(log)).toEqual([1, 2, 3]);
    expect(readdirSync(join(log.path, '..'))).toEqual(['metrics.jsonl', 'tensorboard']);
    log.rewindTo(0);
    expect(readFileSync(log.path, 'utf8')).toBe('');
  });

  test('continues after its TensorBoard files were removed, and keeps files of others in their folder', () => {
    const log = logOf(1);
    const folder = join(log.path, '..', 'tensorboard');
    rmSync(folder, { recursive: true });
    log.append(metrics(2));
    expect(readdirSync(folder).length).toBe(1);
    mkdirSync(join(folder, 'a folder'));
    mkdirSync(join(folder, 'plugins'));
    writeFileSync(join(folder, 'notes.txt'), '');
    for (let i = 0; i < 3; i++) log.rewindTo(2);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['a folder', 'notes.txt', 'plugins']));
    expect(iterations(log)).toEqual([1, 2]);
  });

  test('without checksums, as other versions wrote it, is read and not changed', () => {
    const log = logOf();
    const text = [1, 2].map((i) => `${JSON.stringify(metrics(i))}\n`).join('');
    writeFileSync(log.path, `\uFEFF${text}`);
    const warnings: string[] = [];
    expect(log.read((message) => warnings.push(message))).toEqual([metrics(1), metrics(2)]);
    log.rewindTo(2);
    log.append(metrics(3));
    expect(readFileSync(log.path, 'utf8').replace('\uFEFF', '').startsWith(text)).toBe(true);
    expect(iterations(log)).toEqual([1, 2, 3]);
    expect(warnings).toEqual([]);
  });
});

describe('a damaged line', () => {
  const bad = (change: object) => JSON.stringify({ ...metrics(2), ...change });
  const evaluation = { eln: { mean: 1, low: 0, high: 2 }, results: [], earlier: [], best: 1 };
  test.each([
    ['rubbish', '\0\0\0\0', 'it is no JSON'],
    ['nothing', 'null', 'it is no JSON object'],
    ['a number', '7', 'it is no JSON object'],
    ['another object', '{}', 'it has no valid iteration'],
    ['a name that has changed', bad({ evaluation }), 'it has no valid evaluation.elo'],
    ['a text for a number', bad({ totalGames: '1' }), 'it has no valid totalGames'],
  ])('of %s is named and skipped, and is kept in a copy', (_, line, fault) => {
    const log = logOf(1);
    appendFileSync(log.path, `${line}\n`);
    log.append(metrics(3));
    const text = readFileSync(log.path, 'utf8');
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    expect(log.read(warn).map(({ iteration }) => iteration)).toEqual([1, 3]);
    expect(warnings).toEqual([`line 2 of ${log.path} is damaged: ${fault}; it is left out`]);

    log.rewindTo(1, warn);
    expect(warnings[1]).toBe(`${log.path} as it was is kept as ${log.path}.damaged`);
    expect(readFileSync(`${log.path}.damaged`, 'utf8')).toBe(text);
    log.rewindTo(1, warn);
    expect(warnings).toHaveLength(2);

    appendFileSync(log.path, `${line}\n`);
    log.rewindTo(1, warn);
    expect(existsSync(`${log.path}.damaged-2`)).toBe(true);
    expect(readFileSync(`${log.path}.damaged`, 'utf8')).toBe(text);
  });

  test('is detected whichever of its bits has changed', () => {
    const log = logOf(1, 2, 3);
    const bytes = readFileSync(log.path);
    const [second, third] = [bytes.indexOf(10) + 1, bytes.indexOf(10, bytes.indexOf(10) + 1) + 1];
    for (let bit = 8 * second; bit < 8 * third; bit += 5) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(log.path, damaged);
      const warnings: string[] = [];
      log.read((message) => warnings.push(message));
      expect(warnings[0]).toMatch(/^line [23] of \S+ is damaged: it[^\n]+; it is left out$/);
    }
  });

  test('is skipped by a reader that follows, with a warning', () => {
    const log = logOf(1);
    const tail = new MetricsTail(log.path);
    expect([tail.read()?.metrics.length, tail.damaged]).toEqual([1, false]);
    appendFileSync(log.path, 'null\n');
    log.append(metrics(2));
    expect([tail.read()?.metrics.length, tail.damaged]).toEqual([1, true]);
  });
});

test('a last line that is cut short is named', () => {
  const log = logOf(1);
  appendFileSync(log.path, '{"iteration":2,');
  const warnings: string[] = [];
  log.read((message) => warnings.push(message));
  expect(warnings).toEqual([`line 2 of ${log.path} is cut short; it is left out`]);
});

test('an error other than one of the disk is not reported as a disk error', () => {
  const log = logOf(1);
  const strange = { ...metrics(2), evaluation: {} } as IterationMetrics;
  expect(() => log.append(strange)).toThrow(TypeError);
});
