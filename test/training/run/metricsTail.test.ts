import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricsLog } from '../../../src/training/run/metricsLog.js';
import { MetricsTail } from '../../../src/training/run/metricsTail.js';
import { metrics, temporaryFolder } from '../helpers.js';

/** A history, and a reader that follows it as the dashboard does. */
function followed() {
  const log = new MetricsLog(join(temporaryFolder(), 'metrics.jsonl'));
  let tail = new MetricsTail(log.path);
  let known: number[] = [];
  return {
    log,
    /** What the reader knows after it has read once, at most `bytes` if given. */
    look(bytes?: number) {
      const update = tail.read(bytes);
      if (update) known = [...known.slice(0, update.from), ...update.metrics.map(({ iteration }) => iteration)];
      return { known, update };
    },
    /** Another reader continues at the cursor. */
    replace(cursor = tail.cursor) {
      tail = new MetricsTail(log.path, cursor);
    },
  };
}

test('reports each appended line once, and nothing without new lines', () => {
  const { log, look } = followed();
  expect(look().update).toBeUndefined();
  log.append(metrics(1));
  log.append(metrics(2));
  expect(look().update).toMatchObject({ from: 0, metrics: [{ iteration: 1 }, { iteration: 2 }] });
  expect(look().update).toBeUndefined();
  log.append(metrics(3));
  expect(look().update).toMatchObject({ from: 2, metrics: [{ iteration: 3 }] });
});

test('waits for the end of a line, and skips a line that is no metrics', () => {
  const { log, look } = followed();
  const line = JSON.stringify({ ...metrics(1), note: 'Größe' });
  for (const part of [line.slice(0, 40), line.slice(40)]) {
    appendFileSync(log.path, part);
    expect(look().known).toEqual([]);
  }
  appendFileSync(log.path, '\nrubbish\n');
  expect(look().known).toEqual([1]);
  log.append(metrics(2));
  expect(look().known).toEqual([1, 2]);
});

test('a run that went back is read again, and a resumed run is not', () => {
  const { log, look } = followed();
  for (let i = 1; i <= 4; i++) log.append(metrics(i));
  look();
  log.rewindTo(4);
  expect(look().update).toBeUndefined();
  log.rewindTo(2);
  expect(look().known).toEqual([1, 2]);
  log.rewindTo(1);
  log.append({ ...metrics(2), elapsed: 77 });
  const { update } = look();
  expect(update).toMatchObject({ from: 0, metrics: [{ iteration: 1 }, { iteration: 2, elapsed: 77 }] });
  rmSync(log.path);
  expect(look().known).toEqual([]);
});

test('reads only new lines: the bytes before the last known line are not read again', () => {
  const { log, look } = followed();
  for (const i of [1, 2, 3]) log.append(metrics(i));
  look();
  const known = readFileSync(log.path);
  writeFileSync(log.path, Buffer.concat([Buffer.alloc(known.indexOf('\n'), 'x'), known.subarray(known.indexOf('\n'))]));
  expect(look().update).toBeUndefined();
  log.append(metrics(4));
  expect(look().update).toMatchObject({ from: 3, metrics: [{ iteration: 4 }] });
});

test('is read in chunks of whole lines, each chunk at least one line, none of them twice', () => {
  const { log, look } = followed();
  const text = Array.from({ length: 50 }, (_, i) => `${JSON.stringify(metrics(i + 1))}\n`);
  text[20] = `${JSON.stringify({ ...metrics(21), note: 'x'.repeat(9000) })}\n`;
  writeFileSync(log.path, text.join(''));
  const limit = 4 * text[0]!.length;
  const sizes: number[] = [];
  for (let { update } = look(limit); update; { update } = look(limit)) {
    const iterations = update.metrics.map(({ iteration }) => iteration);
    const bytes = iterations.reduce((sum, iteration) => sum + text[iteration - 1]!.length, 0);
    expect(bytes).toBeLessThanOrEqual(iterations.includes(21) ? 20_000 : limit);
    sizes.push(iterations.length);
  }
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  expect(look().known).toEqual(text.map((_, i) => i + 1));
});

test('a cursor continues where another reader stopped, and is ignored for another history', () => {
  const { log, look, replace } = followed();
  log.append(metrics(1));
  look();
  replace();
  expect(look().update).toBeUndefined();
  log.append(metrics(2));
  replace();
  expect(look().update).toMatchObject({ from: 1, metrics: [{ iteration: 2 }] });
  writeFileSync(log.path, '');
  for (const i of [1, 2, 3]) log.append({ ...metrics(i), elapsed: 9 * i });
  replace();
  expect(look().update).toMatchObject({ from: 0 });
  for (const nonsense of ['rubbish', '1-2', '9-999999-9999999-abc', '1-5-2-abc', '99999999999-0-0-x', '-1-0-0-x']) {
    replace(nonsense);
    expect(look().update, nonsense).toMatchObject({ from: 0, metrics: { length: 3 } });
  }
});

test('the reader knows the history, whatever the run does', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('append' as const) },
    { weight: 1, arbitrary: fc.nat(12) },
    { weight: 1, arbitrary: fc.constant('reader' as const) },
    { weight: 1, arbitrary: fc.constant('look' as const) },
    { weight: 2, arbitrary: fc.constant('glance' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { log, look, replace } = followed();
      let next = 1;
      let time = 0;
      for (const what of steps) {
        if (what === 'append') log.append({ ...metrics(next++), elapsed: time++ });
        else if (what === 'reader') replace();
        else if (what === 'look') look();
        else if (what === 'glance') look(1);
        else {
          log.rewindTo(what);
          next = Math.min(next, what + 1);
        }
      }
      expect(look().known).toEqual(log.read().map(({ iteration }) => iteration));
    }),
    { numRuns: 60 },
  );
});
