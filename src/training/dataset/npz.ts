/**
 * NumPy's .npz format: a ZIP file with an array in .npy form for each column. The file about.json in it explains the
 * columns.
 */
import { crc32, deflateRawSync } from 'node:zlib';
import type { Column, ColumnBuffer } from './columns.js';

const DTYPES = { uint8: '|u1', uint16: '<u2', int32: '<i4', float32: '<f4' } as const;
/** ZIP's number for the compression method deflate. */
const DEFLATE = 8;
/** The fastest level. Higher levels take many times as long and save only some percent. */
const LEVEL = 1;
/** 1 January 1980 as ZIP encodes it: the first day that it can encode. */
const DATE = 33;

/** Encodes the rows of a buffer as an .npz file. */
export function encodeNpz(buffer: ColumnBuffer, about: string): Uint8Array {
  const arrays = buffer.columns.map((column, i): [string, Uint8Array[]] => [
    `${column.name}.npy`,
    [npyHeader(column, buffer.rows), buffer.bytesOf(i)],
  ]);
  return zip([...arrays, ['about.json', [new TextEncoder().encode(about)]]]);
}

/** Returns the header of an array, in version 1.0 of the .npy format (numpy.lib.format). */
function npyHeader({ type, size }: Column, rows: number): Uint8Array {
  const shape = size === 1 ? `(${rows},)` : `(${rows}, ${size})`;
  const text = `{'descr': '${DTYPES[type]}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length - 10, 8);
  header.write(text, 10, 'latin1');
  header[length - 1] = 10;
  return header;
}

/** Returns a ZIP file. Its max size is 4 GiB. */
function zip(files: readonly [name: string, parts: Uint8Array[]][]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, contents] of files) {
    const whole = Buffer.concat(contents);
    const packed = deflateRawSync(whole, { level: LEVEL });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(DEFLATE, 4);
    fields.writeUInt16LE(DATE, 8);
    fields.writeUInt32LE(crc32(whole), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(whole.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name)]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, entry, Buffer.from(name)]));
    parts.push(local, packed);
    at += local.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
