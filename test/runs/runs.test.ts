import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newestRun } from '../../src/runs/runs.js';
import { temporaryFolder } from '../training/helpers.js';

const before = process.cwd();
afterAll(() => process.chdir(before));

test('the newest run is the one with the latest training, or the latest start', () => {
  process.chdir(temporaryFolder());
  expect(newestRun()).toBeUndefined();
  const write = (file: string, minute: number) => {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, minute * 60, minute * 60);
  };
  write('runs/a/config.json', 1);
  write('runs/b/config.json', 2);
  write('runs/none/metrics.jsonl', 9);
  expect(newestRun()).toBe(join('runs', 'b'));
  write('runs/a/metrics.jsonl', 3);
  write('runs/b/report.html', 4);
  expect(newestRun()).toBe(join('runs', 'a'));
  write('runs/c/config.json', 5);
  expect(newestRun()).toBe(join('runs', 'c'));
  expect(newestRun((folder) => existsSync(join(folder, 'metrics.jsonl')))).toBe(join('runs', 'a'));
  expect(newestRun(() => false)).toBeUndefined();
});
