import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { crc32c } from '../../crc32c.js';
import type { IterationMetrics } from './metrics.js';
import { scalarsOf } from './scalars.js';

/** The fields of TensorBoard's event.proto and summary.proto that scalars need. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    string file_version = 3;
    Summary summary = 5;
    SessionLog session_log = 7;
  }
  message Summary {
    message Value { string tag = 1; float simple_value = 2; }
    repeated Value value = 1;
  }
  message SessionLog {
    enum SessionStatus { STATUS_UNSPECIFIED = 0; START = 1; }
    SessionStatus status = 1;
  }
`);
const Event = root.lookupType('Event');
const START = 1;
/**
 * Name of an event file of ours, perhaps an unfinished one. Its digits are the time when it was made, in ms since 1970.
 */
const EVENT_FILE = /^events\.out\.tfevents\.(\d{15})\.azul(\.unfinished)?$/;

/**
 * The metrics of a run as a TensorBoard event file. Whenever a run starts, a new file is written from the history. It
 * begins with a mark of a restart from step 1, at which TensorBoard drops what it has read before. So a run that went
 * back to a checkpoint doubles no curve, and a crash leaves no gap in one. The file before it stays, because
 * TensorBoard may still be reading it.
 */
export class TensorBoardLog {
  private path = '';
  /** Start time of the run if it had never been interrupted, in seconds since 1970. */
  private begun = 0;

  constructor(readonly folder: string) {}

  /** Whether there is a file to add to. There is none before the first `restart`, nor after the file was removed. */
  get started(): boolean {
    return existsSync(this.path);
  }

  /** Starts a new file that holds the history. Removes all older files except the newest one. */
  restart(history: readonly IterationMetrics[]): void {
    const now = Date.now() / 1000;
    this.begun = now - (history.at(-1)?.elapsed ?? 0);
    // Makes only this folder, not those above it: the folder of the run may have been moved.
    if (!existsSync(this.folder)) mkdirSync(this.folder);
    const before = readdirSync(this.folder)
      .filter((name) => EVENT_FILE.test(name))
      .sort();
    // TensorBoard continues with the file whose name comes next, so names must ascend even if the clock does not.
    const next = Number(EVENT_FILE.exec(before.at(-1) ?? '')?.[1] ?? 0) + 1;
    const name = `events.out.tfevents.${String(Math.max(next, Math.floor(1000 * now))).padStart(15, '0')}.azul`;
    this.path = join(this.folder, name);
    const start = [
      record({ wallTime: this.begun, fileVersion: 'brain.Event:2' }),
      record({ wallTime: this.begun, step: 1, sessionLog: { status: START } }),
    ];
    writeFileSync(
      `${this.path}.unfinished`,
      Buffer.concat([...start, ...history.map((metrics) => this.recordOf(metrics))]),
    );
    renameSync(`${this.path}.unfinished`, this.path);
    for (const old of before.slice(0, -1)) rmSync(join(this.folder, old), { force: true });
  }

  /** Adds an iteration. `restart` comes first. */
  append(metrics: IterationMetrics): void {
    appendFileSync(this.path, this.recordOf(metrics));
  }

  private recordOf(metrics: IterationMetrics): Buffer {
    const value = scalarsOf(metrics).map(([tag, simpleValue]) => ({ tag, simpleValue }));
    return record({ wallTime: this.begun + metrics.elapsed, step: metrics.iteration, summary: { value } });
  }
}

/**
 * Returns an event in the frame of a TFRecord: the event's length as 8 bytes, a checksum of the length, the event, a
 * checksum of the event, all little-endian.
 */
function record(event: object): Buffer {
  const data = Event.encode(Event.fromObject(event)).finish();
  const frame = Buffer.alloc(8 + 4 + data.length + 4);
  frame.writeBigUInt64LE(BigInt(data.length), 0);
  frame.writeUInt32LE(maskedCrc(frame.subarray(0, 8)), 8);
  frame.set(data, 12);
  frame.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return frame;
}

/**
 * Returns a CRC-32C in the masked form that a TFRecord holds. Without the mask, a checksum of data that holds checksums
 * would be weaker.
 */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
