import type { Network } from './network.js';

/** Whether a network can contain another: the same players, no layer narrower, no fewer blocks. */
export function hasRoomFor(to: Network, from: Network): boolean {
  return to.players === from.players && to.shape.width >= from.shape.width && to.shape.blocks >= from.shape.blocks;
}

/**
 * Returns weights with which a network computes the same as a smaller one (Chen, Goodfellow & Shlens 2016, "Net2Net", with
 * fresh units instead of copies). New units start as in `initialWeights`, but old units have weight 0 for them, and a new
 * block adds 0. The weights of the smaller network may lack the heads for training, which come last.
 */
export function grownWeights(to: Network, from: Network, weights: Float32Array, seed: number): Float32Array {
  const grown = to.initialWeights(seed);
  const known = new Map(from.parameters.map((parameter) => [parameter.name, parameter]));
  for (const { name, dims, start, size } of to.parameters) {
    const old = known.get(name);
    if (!old) {
      if (name.endsWith('second.weight')) grown.fill(0, start, start + size);
      continue;
    }
    if (old.start >= weights.length) continue;
    const columns = dims.at(-1)!;
    const oldColumns = old.dims.at(-1)!;
    const row = new Float32Array(oldColumns);
    for (let at = 0, oldAt = 0; at < size; at += columns, oldAt += oldColumns) {
      if (oldAt < old.size) row.set(weights.subarray(old.start + oldAt, old.start + oldAt + oldColumns));
      else row.fill(0);
      grown.set(row, start + at);
    }
  }
  return grown;
}
