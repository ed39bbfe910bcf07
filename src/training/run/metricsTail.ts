import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { IterationMetrics } from './metrics.js';
import { parseLine } from './metricsLine.js';

/** Changes of a history since it was last read. */
export interface MetricsUpdate {
  /** Number of entries from the beginning that are still valid. `metrics` replaces all entries after them. */
  from: number;
  metrics: IterationMetrics[];
  /** Time since the file was written, in milliseconds. */
  age: number;
}

const NEWLINE = 10;

/**
 * Follows the metrics of a run that another process may be writing. Reads only what is new, from the last known line
 * on. If that line has changed, the run went back to an earlier iteration. Then the history is read from the start.
 */
export class MetricsTail {
  /** Whether a damaged line was left out. */
  damaged = false;
  /** Number of known entries. */
  private count = 0;
  /** First byte of the last known line, and the byte after its end. */
  private start = 0;
  private end = 0;
  private digest = digestOf(Buffer.alloc(0));
  /** Inode, size and time of the file when it was last read; empty if there is more to read. */
  private stamp = '';

  /**
   * Continues from the cursor of an earlier tail, of this process or another. Starts from the beginning if the cursor
   * does not fit this file.
   */
  constructor(
    readonly path: string,
    cursor = '',
  ) {
    const match = /^(\d{1,9})-(\d{1,15})-(\d{1,15})-([\w-]+)$/.exec(cursor);
    if (!match) return;
    [this.count, this.start, this.end] = match.slice(1, 4).map(Number) as [number, number, number];
    this.digest = match[4]!;
  }

  /** Returns what a later tail needs to continue from here. */
  get cursor(): string {
    return [this.count, this.start, this.end, this.digest].join('-');
  }

  /**
   * Returns what is new; undefined if nothing is. Reads at most `bytes` new bytes, unless a line is longer. Reads
   * synchronously: for a line now and then, this takes less of the run's time than waiting for other threads.
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

  /** Forgets all entries. Returns true if there was something to forget. */
  private forget(): boolean {
    const some = this.end > 0;
    [this.count, this.start, this.end] = [0, 0, 0];
    this.digest = digestOf(Buffer.alloc(0));
    return some;
  }
}

/**
 * Returns the bytes of a file from the start of one line on, with up to `limit` bytes after its end. If these do not
 * hold the end of another line, it reads more.
 */
function linesOf(file: number, start: number, end: number, limit: number, size: number): Buffer {
  for (let extra = limit; ; extra *= 2) {
    const bytes = bytesOf(file, start, Math.min(size, end + extra));
    if (end + extra >= size || bytes.lastIndexOf(NEWLINE) >= end - start) return bytes;
  }
}

/** Returns the bytes of a file between two offsets, or as many of them as there are. */
function bytesOf(file: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}
