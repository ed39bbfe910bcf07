import type { Rules } from './rules.js';

/** Nodes per step: some milliseconds. */
const STEP = 1 << 14;

/**
 * Counts the sequences of exactly `depth` moves from a position. A sequence that takes the round's last tile ends there and
 * counts once. The moves of the last ply are counted, not played. Factories with equal tiles count separately.
 */
export function perft(rules: Rules, state: Int32Array, depth: number): number {
  const counting = perftInSteps(rules, state, depth);
  for (;;) {
    const step = counting.next();
    if (step.done) return step.value;
  }
}

/** Counts the same, and yields every few milliseconds, so that the caller can do other work or stop. */
export function* perftInSteps(rules: Rules, state: Int32Array, depth: number): Generator<void, number, void> {
  if (depth === 0) return 1;
  const size = rules.stateSize;
  const states = new Int32Array(size * depth);
  const moves = Array.from({ length: depth }, () => new Uint16Array(rules.actions));
  /** For each ply, the number of moves that are not yet counted. */
  const left = new Uint16Array(depth);
  states.set(state.subarray(0, size));
  if (depth === 1) return rules.countLegal(states, 0);

  let nodes = 0;
  let steps = 0;
  let ply = 0;
  left[0] = rules.legal(states, 0, moves[0]!);
  while (ply >= 0) {
    if (left[ply] === 0) {
      ply--;
      continue;
    }
    const at = ply * size;
    const action = moves[ply]![--left[ply]!]!;
    states.copyWithin(at + size, at, at + size);
    rules.take(states, at + size, action);
    if (rules.roundIsOver(states, at + size)) {
      nodes++;
    } else if (ply === depth - 2) {
      nodes += rules.countLegal(states, at + size);
    } else {
      ply++;
      left[ply] = rules.legal(states, at + size, moves[ply]!);
    }
    if (++steps % STEP === 0) yield;
  }
  return nodes;
}
