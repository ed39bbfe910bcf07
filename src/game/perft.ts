import type { Rules } from './rules.js';

/**
 * Move sequences of exactly `depth` moves from a position; a sequence that takes the round's last tile ends there and
 * counts once. The last ply is counted, not played. Factories that hold the same tiles count apart.
 */
export function perft(rules: Rules, state: Int32Array, depth: number): number {
  if (depth === 0) return 1;
  const size = rules.stateSize;
  const states = new Int32Array(size * depth);
  const moves = Array.from({ length: depth }, () => new Uint16Array(rules.actions));
  states.set(state.subarray(0, size));

  const count = (ply: number): number => {
    const at = ply * size;
    if (ply === depth - 1) return rules.countLegal(states, at);
    const actions = moves[ply]!;
    const legal = rules.legal(states, at, actions);
    let nodes = 0;
    for (let i = 0; i < legal; i++) {
      states.copyWithin(at + size, at, at + size);
      rules.take(states, at + size, actions[i]!);
      nodes += rules.roundIsOver(states, at + size) ? 1 : count(ply + 1);
    }
    return nodes;
  };
  return count(0);
}
