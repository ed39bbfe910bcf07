/** Parquet: scalars as INT32, lists as byte arrays of a fixed length, since those are read at once as arrays. */
import { gzipSync } from 'node:zlib';
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer';
import { type ColumnBuffer, rowBytes } from './columns.js';

/** The fastest level: others take many times as long for some percent less. */
const LEVEL = 1;

/** The rows of a buffer as a Parquet file, with what its columns mean under the key `azul-zero`. */
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
    // Faster and smaller than the package's Snappy, which is written in JavaScript.
    codec: 'GZIP',
    compressors: { GZIP: (bytes) => gzipSync(bytes, { level: LEVEL }) },
    createdBy: 'azul-zero',
  });
  return new Uint8Array(writer.getBuffer());
}
