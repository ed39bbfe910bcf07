/**
 * The message with which a worker hands in a game of self-play, little-endian:
 *
 *     'AZG1' | work 16 bytes | number, iteration, simulations uint32 | plies, positions uint16 | policyEntropy float64
 *     | actions plies × uint16 | policy sizes positions × uint16
 *     | search values positions × 2 × players × float32
 *     | positions × (λ-returns 2 × players × float32 | policy (action uint16, probability uint16) × its size)
 *
 * `work` is the key of the work that the game belongs to (workMessage.ts). The message has no positions, deals, scores or
 * outcome. The learner computes them: it plays the moves under the rules, with the deals of the run's seed.
 */
import { Random } from '../game/random.js';
import { ROUND } from '../game/state.js';
import type { AzulGame } from '../mcts/azul.js';
import { CHANCE, TERMINAL } from '../mcts/game.js';
import { PROBABILITY_UNITS } from '../training/data/positionRecord.js';
import type { FinishedGame } from '../training/data/replayBuffer.js';
import { DEALS, outcomeOf, scoresOf } from '../training/selfplay/selfPlay.js';

const MAGIC = 0x31475a41;
const HEADER = 48;
/** Bytes of a key of work. */
export const WORK_KEY = 16;
const MAX_PLIES = 1000;
/** Max absolute search value. A rank value is computed from a utility and a margin value, each of which is in [-1, 1]. */
const MAX_VALUE = 2;
/** Upper bound of an entropy, in nats. */
const MAX_NATS = 1000;

/** A message without a valid game. The error's message says why. */
export class GameMessageError extends Error {
  override name = 'GameMessageError';
}

/** Encodes a game as a message. `work` is the key of the work that it belongs to. */
export function encodeGame(azul: AzulGame, work: Uint8Array, game: FinishedGame): Uint8Array {
  const { records, actions, plies } = game;
  const positions = records.length;
  const fixed = fixedBytes(azul);
  const values = 8 * azul.players * positions;
  const tails = records.reduce((sum, record) => sum + record.length - fixed, 0);
  const bytes = new Uint8Array(HEADER + 2 * plies + 2 * positions + values + tails);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  bytes.set(work, 4);
  view.setUint32(20, game.number, true);
  view.setUint32(24, game.iteration, true);
  view.setUint32(28, game.simulations, true);
  view.setUint16(32, plies, true);
  view.setUint16(34, positions, true);
  view.setFloat64(40, game.policyEntropy, true);
  let at = HEADER;
  for (const action of actions) at = put16(view, at, action);
  for (const record of records) at = put16(view, at, (record.length - fixed - 8 * azul.players) / 4);
  const { searchValues } = game;
  bytes.set(new Uint8Array(searchValues.buffer, searchValues.byteOffset, values), at);
  at += values;
  for (const record of records) {
    bytes.set(record.subarray(fixed), at);
    at += record.length - fixed;
  }
  return bytes;
}

/** The key of work in a message; undefined if it is not a message with a game. */
export function workKeyOf(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(0, true) === MAGIC ? bytes.subarray(4, 4 + WORK_KEY) : undefined;
}

/** The number of the game in a message. The message must have a key (`workKeyOf`). */
export function gameNumberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(20, true);
}

/** What a requested game must agree with. */
export interface GameRules {
  azul: AzulGame;
  /** Seed of the run. */
  seed: number;
  iteration: number;
  /** Maximum simulations of a move. */
  simulations: number;
}

/** Decodes the game in a message and replays it under the rules. Throws a GameMessageError that says what is wrong. */
export function decodeGame(message: Uint8Array, { azul, seed, iteration, simulations }: GameRules): FinishedGame {
  check(workKeyOf(message) !== undefined, 'it is no game');
  // `slice` must copy, which that of a Buffer does not.
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  const { players } = azul;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = view.getUint32(20, true);
  const plies = view.getUint16(32, true);
  const positions = view.getUint16(34, true);
  const game = { number, iteration: view.getUint32(24, true), simulations: view.getUint32(28, true) };
  const policyEntropy = view.getFloat64(40, true);
  check(game.iteration === iteration, 'it is of another iteration');
  check(view.getUint32(36, true) === 0, 'its header is not clean');
  check(plies <= MAX_PLIES && positions <= 2 * MAX_PLIES, 'it is too long');
  check(game.simulations <= plies * simulations, 'it has too many simulations');
  check(policyEntropy >= 0 && policyEntropy < MAX_NATS, 'its entropy is out of range');
  const returns = 8 * players;
  const at = { actions: HEADER, sizes: HEADER + 2 * plies, values: 0, tails: 0 };
  at.values = at.sizes + 2 * positions;
  at.tails = at.values + returns * positions;
  check(bytes.length >= at.tails, 'it is cut short');
  const floats = (from: number, count: number) =>
    new Float32Array(bytes.slice(from, from + 4 * count).buffer, 0, count);
  const actions = Uint16Array.from({ length: plies }, (_, i) => view.getUint16(at.actions + 2 * i, true));
  const searchValues = floats(at.values, 2 * players * positions);
  check(searchValues.every(isValue), 'a search value is out of range');

  const states: Int32Array[] = [];
  const tails: Uint8Array[] = [];
  const legal = new Uint16Array(azul.actions);
  let tail = at.tails;
  /** Reads the data of the next position, which is `state`. `count` is the number of legal actions; 0: a deal is due. */
  const take = (state: Int32Array, count: number) => {
    const i = states.length;
    check(i < positions, 'it has too few positions');
    const size = view.getUint16(at.sizes + 2 * i, true);
    const end = tail + returns + 4 * size;
    check(end <= bytes.length, 'it is cut short');
    check(floats(tail, 2 * players).every(isValue), 'a search value is out of range');
    checkPolicy(view, tail + returns, size, legal.subarray(0, count));
    states.push(state.slice());
    tails.push(bytes.subarray(tail, end));
    tail = end;
  };
  const deals = new Random(0);
  deals.reseed(seed, number, DEALS);
  const state = azul.rules.start();
  azul.applyChance(state, 0, deals);
  for (const action of actions) {
    check(azul.kind(state, 0) !== TERMINAL, 'it goes on after its end');
    const count = azul.legal(state, 0, legal);
    check(legal.subarray(0, count).includes(action), 'a move is not legal');
    take(state, count);
    azul.apply(state, 0, action);
    if (azul.kind(state, 0) !== CHANCE) continue;
    take(state, 0);
    azul.applyChance(state, 0, deals);
  }
  check(azul.kind(state, 0) === TERMINAL, 'it has no end');
  check(states.length === positions && tail === bytes.length, 'it has too many positions');

  const outcome = outcomeOf(azul, state);
  const ends = new Uint8Array(12 * players);
  new Int32Array(ends.buffer, 0, players).set(outcome.walls);
  new Float32Array(ends.buffer, 4 * players).set([...outcome.rank, ...outcome.margin]);
  return {
    ...game,
    plies,
    rounds: state[ROUND]!,
    scores: scoresOf(azul, state),
    policyEntropy,
    actions,
    records: states.map((position, i) => joined(new Uint8Array(position.buffer), ends, tails[i]!)),
    searchValues,
  };
}

/** Bytes of a record that follow from the rules: the position, the walls and the outcome (positionRecord.ts). */
function fixedBytes({ stateSize, players }: AzulGame): number {
  return 4 * (stateSize + 3 * players);
}

function put16(view: DataView, at: number, value: number): number {
  view.setUint16(at, value, true);
  return at + 2;
}

/** Checks that a policy has only legal actions, each at most once, and that its probabilities sum to 1. */
function checkPolicy(view: DataView, at: number, size: number, legal: Uint16Array): void {
  check(size <= legal.length, 'a policy has too many moves');
  const seen = new Set<number>();
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const action = view.getUint16(at + 4 * i, true);
    check(!seen.has(action) && legal.includes(action), 'a policy has a move that is not legal');
    seen.add(action);
    sum += view.getUint16(at + 4 * i + 2, true);
  }
  // Each probability was rounded, and those below half a unit were omitted.
  check(
    size === 0 || Math.abs(sum - PROBABILITY_UNITS) <= legal.length,
    'the probabilities of a policy do not sum to 1',
  );
}

function isValue(value: number): boolean {
  return Math.abs(value) <= MAX_VALUE;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function check(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new GameMessageError(fault);
}
