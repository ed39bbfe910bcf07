/** The checksum of a model file: the last entry of its metadata, over all bytes before. ONNX Runtime ignores it. */
import { crc32cHex } from '../crc32c.js';

/** The start of the entry in ModelProto: field 14, a key of 8 bytes and a value of 8 bytes, which follows. */
const ENTRY = new TextEncoder().encode('\x72\x14\x0a\x08checksum\x12\x08');
const DIGITS = 8;

/** Returns the model with a checksum, or as it is if it has one. */
export function withChecksum(model: Uint8Array): Uint8Array {
  if (storedChecksum(model) !== undefined) return model;
  const bytes = new Uint8Array(model.length + ENTRY.length + DIGITS);
  bytes.set(model);
  bytes.set(ENTRY, model.length);
  bytes.set(new TextEncoder().encode(crc32cHex(model)), model.length + ENTRY.length);
  return bytes;
}

/** Whether a model has a checksum that does not match its bytes. */
export function isDamaged(model: Uint8Array): boolean {
  const stored = storedChecksum(model);
  return stored !== undefined && stored !== crc32cHex(model.subarray(0, -ENTRY.length - DIGITS));
}

function storedChecksum(model: Uint8Array): string | undefined {
  const start = model.length - ENTRY.length - DIGITS;
  if (start < 0 || ENTRY.some((byte, i) => byte !== model[start + i])) return undefined;
  return new TextDecoder().decode(model.subarray(-DIGITS));
}
