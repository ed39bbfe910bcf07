/**
 * The Parquet format: scalars are INT32, and lists are byte arrays of a fixed length, which readers convert to arrays
 * in one step.
 */
import { gzipSync } from 'node:zlib';
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer';
import { type ColumnBuffer, rowBytes } from './columns.js';

/** The fastest level. Higher levels take many times as long and save only some percent. */
const LEVEL = 1;

/** Encodes the rows of a buffer as a Parquet file. `about` is in its metadata, under the key `azul-zero`. */
export function encodeParquet(buffer: ColumnBuffer, about: string): Uint8Array {
  const writer = new ByteWriter();
  const columnData = buffer.columns.map((column, i): ColumnSource => {
    const bytes = buffer.bytesOf(i);
    const plain = { name: column.name, encoding: 'PLAIN', statistics: false, nullable: false } as const;
    if (column.size === 1) return { ...plain, data: new Int32Array(bytes.buffer, 0, buffer.rows) };
    const size = rowBytes(column);
    return {
      ...plain,
      data: Array.from({ length: buffer.rows }, (_, row) => bytes.subarray(row * size, (row + 1) * size)),
    };
  });
  parquetWrite({
    writer,
    columnData,
    schema: [
      { name: 'root', num_children: buffer.columns.length },
      ...buffer.columns.map((column) => ({
        name: column.name,
        repetition_type: 'REQUIRED' as const,
        ...(column.size === 1
          ? { type: 'INT32' as const }
          : { type: 'FIXED_LEN_BYTE_ARRAY' as const, type_length: rowBytes(column) }),
      })),
    ],
    kvMetadata: [{ key: 'azul-zero', value: about }],
    rowGroupSize: buffer.rows,
    // GZIP is faster than the package's Snappy, which is written in JavaScript, and its files are smaller.
    codec: 'GZIP',
    compressors: { GZIP: (bytes) => gzipSync(bytes, { level: LEVEL }) },
    createdBy: 'azul-zero',
  });
  return new Uint8Array(writer.getBuffer());
}
