/** REMAINDERS[byte]: its remainder by Castagnoli's polynomial, bits reversed. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder;
});

/** The CRC-32C of RFC 3720. Runs in a browser too. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < data.length; i++) crc = (crc >>> 8) ^ REMAINDERS[(crc ^ data[i]!) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** The same as 8 hexadecimal digits. */
export function crc32cHex(data: Uint8Array): string {
  return crc32c(data).toString(16).padStart(8, '0');
}
