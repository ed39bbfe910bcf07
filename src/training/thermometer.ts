/** The set of the lowest `count` bits: a thermometer that stands at `count`. */
export function thermometer(count: number): number {
  return (1 << count) - 1;
}

/** Writes 1 for each bit of a set, bit i at `to + i`, where 0 stands for the others. */
export function writeBits(out: Float32Array, to: number, set: number): void {
  for (let rest = set; rest !== 0; rest &= rest - 1) out[to + 31 - Math.clz32(rest & -rest)] = 1;
}
