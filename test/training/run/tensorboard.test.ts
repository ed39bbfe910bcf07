import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/crc32c.js';
import type { IterationMetrics } from '../../../src/training/run/metrics.js';
import { MetricsLog } from '../../../src/training/run/metricsLog.js';
import { TensorBoardLog } from '../../../src/training/run/tensorboard.js';
import { metrics, temporaryFolder } from '../helpers.js';

/** The fields of event.proto and summary.proto of TensorBoard, decoded without the schema that the writer uses. */
function readEvent(bytes: Uint8Array) {
  const reader = protobuf.Reader.create(bytes);
  const event = { wallTime: 0, step: 0, version: '', start: false, scalars: new Map<string, number>() };
  while (reader.pos < reader.len) {
    const field = reader.uint32() >>> 3;
    if (field === 1) event.wallTime = reader.double();
    else if (field === 2) event.step = Number(reader.int64());
    else if (field === 3) event.version = reader.string();
    else if (field === 7) {
      expect([...reader.bytes()]).toEqual([8, 1]);
      event.start = true;
    } else {
      expect(field).toBe(5);
      const summary = protobuf.Reader.create(reader.bytes());
      while (summary.pos < summary.len) {
        expect(summary.uint32()).toBe((1 << 3) | 2);
        const value = protobuf.Reader.create(summary.bytes());
        expect(value.uint32()).toBe((1 << 3) | 2);
        const tag = value.string();
        expect(value.uint32()).toBe((2 << 3) | 5);
        event.scalars.set(tag, value.float());
        expect(value.pos).toBe(value.len);
      }
    }
  }
  return event;
}

/** The events of the newest file in a folder, with their checksums checked. */
function readEvents(folder: string) {
  const name = readdirSync(folder).sort().at(-1)!;
  expect(name).toMatch(/^events\.out\.tfevents\.\d{15}\.azul$/);
  const file = readFileSync(join(folder, name));
  const masked = (data: Uint8Array) => {
    const crc = BigInt(crc32c(data));
    return Number(((((crc >> 15n) | (crc << 17n)) & 0xffffffffn) + 0xa282ead8n) & 0xffffffffn);
  };
  const events = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(masked(data));
    events.push(readEvent(data));
    at += 16 + length;
  }
  return events;
}

const evaluated: IterationMetrics = {
  ...metrics(2),
  evaluation: {
    elo: { mean: 120, error: 10, low: 100, high: 140 },
    results: [{ opponent: 'greedy', score: { mean: 0.75, error: 0, low: 0, high: 1 } } as never],
    earlier: [],
    best: 2,
  },
};

test('CRC-32C gives the values of RFC 3720, appendix B.4', () => {
  const rising = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(rising)).toBe(0x46dd794e);
  expect(crc32c(rising.toReversed())).toBe(0x113fdb5c);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

describe('event files', () => {
  test('start with version and restart, and hold the numbers of every iteration', () => {
    const folder = join(temporaryFolder(), 'tensorboard');
    const log = new TensorBoardLog(folder);
    log.restart([metrics(1)]);
    log.append(evaluated);
    const [version, start, first, second, ...others] = readEvents(folder);
    expect(others).toEqual([]);
    expect(version!.version).toBe('brain.Event:2');
    expect(start).toMatchObject({ step: 1, start: true });
    expect(first!.step).toBe(1);
    expect(first!.scalars.get('selfPlay/meanPlies')).toBe(metrics(1).selfPlay.meanPlies);
    expect(first!.scalars.get('run/window')).toBe(metrics(1).window);
    expect(second!.step).toBe(2);
    expect(second!.wallTime - first!.wallTime).toBeCloseTo(metrics(2).elapsed - metrics(1).elapsed, 3);
    expect(second!.scalars.get('evaluation/elo')).toBe(120);
    expect(second!.scalars.get('evaluation/score against greedy')).toBe(0.75);
  });

  test('sort after those of a clock that was ahead', () => {
    const folder = join(temporaryFolder(), 'tensorboard');
    mkdirSync(folder);
    const ahead = 'events.out.tfevents.009999999999999.azul';
    writeFileSync(join(folder, ahead), '');
    new TensorBoardLog(folder).restart([metrics(1)]);
    expect(readdirSync(folder).sort()).toEqual([ahead, 'events.out.tfevents.010000000000000.azul']);
  });

  test('hold each step once after a run went back, and no torn event', async () => {
    const path = join(temporaryFolder(), 'metrics.jsonl');
    const folder = join(path, '..', 'tensorboard');
    const log = new MetricsLog(path);
    for (const iteration of [1, 2, 3]) log.append(metrics(iteration));
    const [name] = readdirSync(folder);
    appendFileSync(join(folder, name!), Buffer.from([40, 0, 0]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const resumed = new MetricsLog(path);
    resumed.rewindTo(2);
    resumed.append(metrics(3));
    resumed.append(metrics(4));
    expect(readEvents(folder).map(({ step }) => step)).toEqual([0, 1, 1, 2, 3, 4]);
    expect(readdirSync(folder)).toEqual([name, expect.anything()]);
    resumed.rewindTo(4);
    resumed.rewindTo(4);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(2);
    expect(readdirSync(folder)).not.toContain(name);
  });
});
