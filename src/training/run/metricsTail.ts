import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { IterationMetrics } from './metrics.js';
import { parseLine } from './metricsLine.js';

/** What has become of a history since it was last read. */
export interface MetricsUpdate {
  /** So many entries from the beginning still hold; what followed them is replaced. */
  from: number;
  metrics: IterationMetrics[];
  /** Milliseconds since the file was written. */
  age: number;
}

const NEWLINE = 10;

/**
 * Follows the metrics of a run that another process may be writing. Only what is new is read, from the last known line on:
 * where that line has changed, the run went back, and the history is read from the start.
 */
export class MetricsTail {
  /** Whether it has passed over a line that is damaged. */
  damaged = false;
  /** Entries that are known. */
  private count = 0;
  /** The last known line is the bytes from `start` to `end`. */
  private start = 0;
  private end = 0;
  private digest = digestOf(Buffer.alloc(0));
  /** Tells the file as it was last read from a changed one. */
  private stamp = '';

  /** Goes on from the cursor of an earlier tail, of whatever process; from the beginning if that means nothing here. */
  constructor(
    readonly path: string,
    cursor = '',
  ) {
    const match = /^(\d{1,9})-(\d{1,15})-(\d{1,15})-([\w-]+)$/.exec(cursor);
    if (!match) return;
    [this.count, this.start, this.end] = match.slice(1, 4).map(Number) as [number, number, number];
    this.digest = match[4]!;
  }

  /** What is known so far, for a later tail to go on from. */
  get cursor(): string {
    return [this.count, this.start, this.end, this.digest].join('-');
  }

  /**
   * What is new, of at most so many bytes unless a line is longer; undefined if nothing is. Reads at once: for a line now
   * and then, that takes a run less of its time than waiting for other threads to read does.
   */
  read(bytes = Number.POSITIVE_INFINITY): MetricsUpdate | undefined {
    const found = statSync(this.path, { throwIfNoEntry: false });
    const stamp = found ? [found.ino, found.size, found.mtimeMs].join() : 'none';
    if (stamp === this.stamp) return undefined;
    this.stamp = stamp;
    if (!found) return this.forget() ? { from: 0, metrics: [], age: 0 } : undefined;
    const file = openSync(this.path, 'r');
    try {
      return this.readFrom(file, Date.now() - found.mtimeMs, bytes);
    } finally {
      closeSync(file);
    }
  }

  private readFrom(file: number, age: number, limit: number): MetricsUpdate | undefined {
    const { size } = fstatSync(file);
    let bytes = linesOf(file, this.start, this.end, limit, size);
    const known = this.end - this.start;
    const rewound = digestOf(bytes.subarray(0, known)) !== this.digest && this.forget();
    if (rewound) bytes = linesOf(file, 0, 0, limit, size);
    // There is more to read.
    if (this.start + bytes.length < size) this.stamp = '';
    const fresh = rewound ? 0 : known;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end <= fresh) return rewound ? { from: 0, metrics: [], age } : undefined;
    const from = this.count;
    const metrics = bytes
      .toString('utf8', fresh, end)
      .split('\n')
      .flatMap((text) => this.parse(text));
    const last = bytes.lastIndexOf(NEWLINE, end - 2) + 1;
    this.digest = digestOf(bytes.subarray(last, end));
    this.count += metrics.length;
    this.end = this.start + end;
    this.start += last;
    return { from, metrics, age };
  }

  private parse(text: string): IterationMetrics[] {
    if (text.trim() === '') return [];
    const line = parseLine(text);
    if ('metrics' in line) return [line.metrics];
    this.damaged = true;
    return [];
  }

  /** Knows nothing any more; true if there was something to forget. */
  private forget(): boolean {
    const some = this.end > 0;
    [this.count, this.start, this.end] = [0, 0, 0];
    this.digest = digestOf(Buffer.alloc(0));
    return some;
  }
}

/**
 * The bytes of a file from the start of one line on, and at most `limit` bytes after its end unless they hold the end of no
 * other line.
 */
function linesOf(file: number, start: number, end: number, limit: number, size: number): Buffer {
  for (let extra = limit; ; extra *= 2) {
    const bytes = bytesOf(file, start, Math.min(size, end + extra));
    if (end + extra >= size || bytes.lastIndexOf(NEWLINE) >= end - start) return bytes;
  }
}

/** The bytes of a file from one place to another, or as many as there are. */
function bytesOf(file: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}
