import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MetricsLog } from '../../src/training/metrics.js';
import { metrics, temporaryFolder } from './helpers.js';

function logOf(...iterations: number[]): MetricsLog {
  const log = new MetricsLog(join(temporaryFolder(), 'metrics.jsonl'));
  for (const iteration of iterations) log.append(metrics(iteration));
  return log;
}

const iterations = (log: MetricsLog) => log.read().map(({ iteration }) => iteration);

describe('the history', () => {
  test('gives back what was appended, a line each', () => {
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

  test('does without a last line that is cut short anywhere', () => {
    const log = logOf(1, 2);
    const whole = readFileSync(log.path, 'utf8');
    const second = whole.indexOf('\n') + 1;
    for (let length = second; length < whole.length; length++) {
      writeFileSync(log.path, whole.slice(0, length));
      expect(iterations(log)).toEqual([1]);
    }
  });

  test('can be rewound, cut line or not, and goes on from there', () => {
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

  test('goes on without what somebody has removed for TensorBoard, and leaves alone what is not its own', () => {
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

  test('passes over a line that is no JSON', () => {
    const log = logOf(1);
    appendFileSync(log.path, '\0\0\0\0\n');
    log.append(metrics(2));
    expect(iterations(log)).toEqual([1, 2]);
  });
});
