/** The history of a run as server-sent events, for several readers, each at its own speed. */
import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { METRICS, type Session, sessionOf } from '../../runs/runs.js';
import { MetricsLog } from '../../training/run/metricsLog.js';
import { MetricsTail, type MetricsUpdate } from '../../training/run/metricsTail.js';
import { warnOnce } from '../terminal/colours.js';

/** Content of an event of `api/run/events`. */
export type RunEvent = MetricsUpdate;

/** Content of a `session` event: whether a process works on the run. */
export type SessionEvent = Session;

/** Milliseconds between two checks of the run. A check of an unchanged run reads only sizes and times of files. */
const INTERVAL = 2000;
/** Bytes of history per event. They bound the server's memory for a reader that does not read. */
const CHUNK = 1 << 18;
/** Max number of chunks that are kept for other readers. */
const KEPT = 64;
/** Max milliseconds that a reader may take for one event. A browser that is cut off reconnects with its cursor. */
const PATIENCE = 60_000;
/** Max number of readers at the same time. */
const READERS = 100;
/** Max milliseconds that a reader may take for one event once the server closes, and for all of them. */
const LAST_EVENT = 1000;
const FAREWELL = 10_000;

export class RunEvents {
  private readonly readers = new Set<Reader>();
  private readonly chunks: Chunks;

  /** Follows the run in a folder. A reader that reads nothing for `patience` milliseconds is cut off. */
  constructor(
    private readonly folder: string,
    private readonly patience = PATIENCE,
  ) {
    this.chunks = new Chunks(join(folder, METRICS));
  }

  /**
   * Sends the history after the reader's cursor, then everything that is added, until the reader disconnects. The id of each
   * event is a cursor: a reader that reconnects with it continues where it was.
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
    const reader = new Reader(this.folder, this.chunks, String(cursor), response, this.patience);
    this.readers.add(reader);
    response.on('close', () => {
      this.readers.delete(reader);
      if (this.readers.size === 0) this.chunks.forget();
    });
  }

  /** Sends the last events and closes all streams, after FAREWELL milliseconds at the latest. A reader that reads nothing is cut off sooner. */
  async close(): Promise<void> {
    const readers = [...this.readers];
    const late = setTimeout(() => {
      for (const reader of readers) reader.cutOff();
    }, FAREWELL);
    await Promise.all(readers.map((reader) => reader.end()));
    clearTimeout(late);
  }
}

/** A connection that gets the history chunk by chunk. The next chunk is sent once the connection has room for it. */
class Reader {
  private readonly gone: Promise<void>;
  private session: Session | undefined;
  /** Time when the connection last had room, by performance.now(). */
  private hadRoom = performance.now();
  private ending = false;

  constructor(
    private readonly folder: string,
    private readonly chunks: Chunks,
    private cursor: string,
    private readonly response: ServerResponse,
    private patience: number,
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

  /** Sends the rest and closes the stream. */
  end(): Promise<void> {
    this.ending = true;
    this.patience = LAST_EVENT;
    const timer = setInterval(() => this.look(), LAST_EVENT / 4);
    void this.gone.then(() => clearInterval(timer));
    this.look();
    return this.gone;
  }

  cutOff(): void {
    this.response.destroy();
  }

  /** Sends new chunks as long as the connection has room. */
  private look(): void {
    const { response } = this;
    if (response.writableEnded) return;
    const now = performance.now();
    if (!response.writableNeedDrain) this.hadRoom = now;
    else if (now - this.hadRoom > this.patience) this.cutOff();
    try {
      while (!response.writableNeedDrain && !response.destroyed) {
        const chunk = this.chunks.after(this.cursor);
        if (!chunk) {
          this.conclude();
          return;
        }
        this.cursor = chunk.cursor;
        const age = Math.max(0, Date.now() - chunk.written);
        response.write(`id: ${chunk.cursor}\ndata: {"from":${chunk.from},"age":${age},"metrics":`);
        response.write(chunk.metrics);
        response.write('}\n\n');
      }
    } catch {
      // The run can't be read. The reader reconnects and tries again.
      this.cutOff();
    }
  }

  /** Sends the state of the session after the whole history. */
  private conclude(): void {
    const { response } = this;
    const session: SessionEvent = sessionOf(this.folder);
    if (session !== this.session) response.write(`event: session\ndata: ${JSON.stringify(session)}\n\n`);
    this.session = session;
    if (this.ending) response.end();
  }
}

/** Consecutive entries of the history, ready to be sent. */
interface Chunk {
  /** Cursor after this chunk. */
  cursor: string;
  from: number;
  /** The entries as JSON, one copy for all readers. */
  metrics: Buffer;
  /** Time of the last write of the file, in ms since 1970. */
  written: number;
}

/** The chunks of a history. A chunk is read from the file once for all readers at the same cursor. */
class Chunks {
  /** Chunks by the cursor before them; null for the cursor at the end of the history. */
  private readonly kept = new Map<string, Chunk | null>();
  /** Identity, size and time of the file that the chunks come from. */
  private stamp = '';

  constructor(private readonly path: string) {}

  /** The chunk after a cursor; null if there is none. */
  after(cursor: string): Chunk | null {
    const found = statSync(this.path, { throwIfNoEntry: false });
    const stamp = found ? [found.ino, found.size, found.mtimeMs].join() : 'none';
    if (stamp !== this.stamp) this.forget();
    this.stamp = stamp;
    let chunk = this.kept.get(cursor);
    if (chunk !== undefined) return chunk;
    const tail = new MetricsTail(this.path, cursor);
    const update = tail.read(CHUNK);
    if (tail.damaged) new MetricsLog(this.path).read(warnOnce);
    chunk = update
      ? {
          cursor: tail.cursor,
          from: update.from,
          metrics: Buffer.from(JSON.stringify(update.metrics)),
          written: Date.now() - update.age,
        }
      : null;
    this.kept.set(cursor, chunk);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
    return chunk;
  }

  forget(): void {
    this.kept.clear();
  }
}
