/** The history of a run as server-sent events, for any number of readers, fast and slow. */
import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { METRICS, type Session, sessionOf } from '../../runs/runs.js';
import { MetricsLog } from '../../training/run/metricsLog.js';
import { MetricsTail, type MetricsUpdate } from '../../training/run/metricsTail.js';
import { warnOnce } from '../terminal/colours.js';

/** What an event of `api/run/events` holds. */
export type RunEvent = MetricsUpdate;

/** What an event of the type `session` holds: whether a process works on the run. */
export type SessionEvent = Session;

/** Milliseconds between two looks at the run; a look that finds it unchanged only asks the system for sizes and times. */
const INTERVAL = 2000;
/** Bytes of the history in one event, and so what the server keeps in memory for a reader that does not read. */
const PART = 1 << 18;
/** Parts that are kept for the next reader at the same place. */
const KEPT = 64;
/** Milliseconds that a reader may take for one event. A browser that is cut off comes back with its cursor. */
const PATIENCE = 60_000;
/** Max readers at a time. */
const READERS = 100;
/** Milliseconds that the readers get to take the last events when the server ends. */
const FAREWELL = 1000;

export class RunEvents {
  private readonly readers = new Set<Reader>();
  private readonly parts: Parts;

  /** Follows the run in a folder. A reader that takes nothing for `patience` milliseconds is cut off. */
  constructor(
    private readonly folder: string,
    private readonly patience = PATIENCE,
  ) {
    this.parts = new Parts(join(folder, METRICS));
  }

  /**
   * Answers with the history that the reader does not know yet, then with what is added to it, until the reader goes. The
   * id of each event is a cursor, with which a reader that was cut off, or came back later, goes on where it was.
   */
  answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.readers.size >= READERS) {
      response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end('too many readers follow this run; close some\n');
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const asked = new URLSearchParams(request.url!.split('?')[1]).get('after') ?? '';
    const cursor = request.headers['last-event-id'] ?? asked;
    const reader = new Reader(this.folder, this.parts, String(cursor), response, this.patience);
    this.readers.add(reader);
    response.on('close', () => {
      this.readers.delete(reader);
      if (this.readers.size === 0) this.parts.forget();
    });
  }

  /** Sends what is still to be sent and ends, also where a reader does not take it. */
  async close(): Promise<void> {
    const readers = [...this.readers];
    const late = setTimeout(() => {
      for (const reader of readers) reader.cutOff();
    }, FAREWELL);
    await Promise.all(readers.map((reader) => reader.end()));
    clearTimeout(late);
  }
}

/** A reader gets one part of the history after another, each once its connection has taken the one before. */
class Reader {
  private readonly gone: Promise<void>;
  private session: Session | undefined;
  /** When the connection last had room. */
  private hadRoom = performance.now();
  private ending = false;

  constructor(
    private readonly folder: string,
    private readonly parts: Parts,
    private cursor: string,
    private readonly response: ServerResponse,
    private readonly patience: number,
  ) {
    const timer = setInterval(() => this.look(), INTERVAL).unref();
    this.gone = new Promise((resolve) => {
      response.on('close', () => {
        clearInterval(timer);
        resolve();
      });
    });
    response.on('drain', () => this.look());
    response.write('retry: 1000\n\n');
    this.look();
  }

  /** Sends what is left and closes the stream. */
  end(): Promise<void> {
    this.ending = true;
    this.look();
    return this.gone;
  }

  cutOff(): void {
    this.response.destroy();
  }

  /** Sends what is new, as far as there is room for it. */
  private look(): void {
    const { response } = this;
    if (response.writableEnded) return;
    const now = performance.now();
    if (!response.writableNeedDrain) this.hadRoom = now;
    else if (now - this.hadRoom > this.patience) this.cutOff();
    try {
      while (!response.writableNeedDrain && !response.destroyed) {
        const part = this.parts.after(this.cursor);
        if (!part) {
          this.conclude();
          return;
        }
        this.cursor = part.cursor;
        const age = Math.max(0, Date.now() - part.written);
        response.write(`id: ${part.cursor}\ndata: {"from":${part.from},"age":${age},"metrics":`);
        response.write(part.metrics);
        response.write('}\n\n');
      }
    } catch {
      // Where the run can't be read, the reader asks again.
      this.cutOff();
    }
  }

  /** Sends what is not in the history, once all of that has been sent. */
  private conclude(): void {
    const { response } = this;
    const session: SessionEvent = sessionOf(this.folder);
    if (session !== this.session) response.write(`event: session\ndata: ${JSON.stringify(session)}\n\n`);
    this.session = session;
    if (this.ending) response.end();
  }
}

/** A part of the history, ready to be sent. */
interface Part {
  /** Of the reader that has this part. */
  cursor: string;
  from: number;
  /** The entries, as JSON: one copy for all readers. */
  metrics: Buffer;
  /** When the file was written, in ms since 1970. */
  written: number;
}

/** The parts of a history, each read from the file once for all readers that are at the same place. */
class Parts {
  /** By the cursor before; null where nothing follows. */
  private readonly kept = new Map<string, Part | null>();
  /** Tells the file as it was when the parts were read from a changed one. */
  private stamp = '';

  constructor(private readonly path: string) {}

  /** What follows a cursor; null if nothing does. */
  after(cursor: string): Part | null {
    const found = statSync(this.path, { throwIfNoEntry: false });
    const stamp = found ? [found.ino, found.size, found.mtimeMs].join() : 'none';
    if (stamp !== this.stamp) this.forget();
    this.stamp = stamp;
    let part = this.kept.get(cursor);
    if (part !== undefined) return part;
    const tail = new MetricsTail(this.path, cursor);
    const update = tail.read(PART);
    if (tail.damaged) new MetricsLog(this.path).read(warnOnce);
    part = update
      ? {
          cursor: tail.cursor,
          from: update.from,
          metrics: Buffer.from(JSON.stringify(update.metrics)),
          written: Date.now() - update.age,
        }
      : null;
    this.kept.set(cursor, part);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
    return part;
  }

  forget(): void {
    this.kept.clear();
  }
}
