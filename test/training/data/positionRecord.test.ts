import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { PHASE, PLAYING } from '../../../src/game/state.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { Encoder } from '../../../src/network/encoding.js';
import { Network } from '../../../src/network/network.js';
import { type Batch, emptyBatch, ILLEGAL } from '../../../src/training/data/batch.js';
import { GameRecords } from '../../../src/training/data/gameRecords.js';
import { RecordDecoder, unpackSearch } from '../../../src/training/data/positionRecord.js';
import { packRecord, randomGame, valueVector } from '../helpers.js';

/** A position as self-play writes it, with a random policy and random values. */
function example(game: AzulGame, state: Int32Array, random: Random) {
  const legal = new Uint16Array(game.actions);
  const count = state[PHASE] === PLAYING ? game.legal(state, 0, legal) : 0;
  const raw = Array.from({ length: count }, () => random.float() ** 8);
  const sum = raw.reduce((a, b) => a + b, 0);
  const policy = Float64Array.from(raw, (p) => p / sum);
  const values = () => Array.from({ length: game.players }, () => Math.fround(random.float() * 2 - 1));
  const search = { rank: values(), margin: values() };
  const walls = Array.from({ length: game.players }, () => random.int(2 ** 25));
  const outcome = { rank: values(), margin: values(), walls };
  const record = packRecord(game, { state, search, actions: legal, policy, count }, outcome);
  return { legal: [...legal.subarray(0, count)], policy, search, outcome, record };
}

function arraysOf({ inputs, policy, mask, outcome, margin, ownership }: Batch): Float32Array[] {
  return [inputs, policy, mask, outcome, margin, ownership];
}

function decoderFor(game: AzulGame, rows = 3) {
  const batch = emptyBatch(new Network(game.players, { width: 2, blocks: 0 }), rows);
  for (const values of arraysOf(batch)) values.fill(9);
  return { batch, decoder: new RecordDecoder(game, new Encoder(game.players)) };
}

describe.each([2, 3, 4])('a record of a game of %i players', (players) => {
  const game = new AzulGame(players);
  const random = new Random(players);
  const states = randomGame(game, random);
  // The first position waits for the first deal. A later one waits for a deal too, and has a history.
  const waiting = states.filter((state) => state[PHASE] !== PLAYING);
  const decisions = states.filter((state) => state[PHASE] === PLAYING);

  test('returns the encoding, the policy to 16 bits and the mask, and writes only its own row', () => {
    const { batch, decoder } = decoderFor(game);
    const inputs = new Float32Array(new Encoder(players).inputs);
    for (const state of decisions) {
      const { legal, policy, record } = example(game, state, random);
      decoder.decode(record, 0, batch, 1);
      new Encoder(players).encode(state, 0, inputs, 0);
      expect(batch.inputs.subarray(inputs.length, 2 * inputs.length)).toEqual(inputs);
      expect(batch.hasPolicy[1]).toBe(1);
      const row = batch.policy.subarray(game.actions, 2 * game.actions);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      for (let a = 0; a < game.actions; a++) {
        const i = legal.indexOf(a);
        expect(batch.mask[game.actions + a]).toBe(i >= 0 ? 0 : ILLEGAL);
        expect(Math.abs(row[a]! - (i >= 0 ? policy[i]! : 0))).toBeLessThan(1e-3);
        if (i >= 0) expect(Math.abs(row[a]! - policy[i]!)).toBeLessThan((legal.length + 1) / 65535);
      }
    }
    for (const values of arraysOf(batch)) {
      const columns = values.length / 3;
      expect(values.subarray(0, columns).every((v) => v === 9)).toBe(true);
      expect(values.subarray(2 * columns).every((v) => v === 9)).toBe(true);
    }
  });

  test('mixes the values of outcome and search, with the mover first', () => {
    const { batch, decoder } = decoderFor(game);
    for (const state of states) {
      const { search, outcome, record } = example(game, state, random);
      for (const weight of [0, 0.3, 1]) {
        decoder.decode(record, weight, batch, 0);
        for (let seat = 0; seat < players; seat++) {
          const p = (game.mover(state, 0) + seat) % players;
          const mixed = (a: number[], b: number[]) => (1 - weight) * a[p]! + weight * b[p]!;
          expect(batch.outcome[seat]).toBeCloseTo(mixed(outcome.rank, search.rank), 6);
          expect(batch.finalRank[seat]).toBeCloseTo(outcome.rank[p]!, 6);
          expect(batch.margin[seat]).toBeCloseTo(mixed(outcome.margin, search.margin), 6);
        }
      }
    }
  });

  test('shows the walls at the end of the game, cell by cell, with the mover first', () => {
    const { batch, decoder } = decoderFor(game);
    for (const state of states) {
      const { outcome, record } = example(game, state, random);
      decoder.decode(record, 0.3, batch, 0);
      for (let seat = 0; seat < players; seat++) {
        const wall = outcome.walls[(game.mover(state, 0) + seat) % players]!;
        const cells = [...batch.ownership.subarray(25 * seat, 25 * (seat + 1))];
        expect(cells).toEqual(Array.from({ length: 25 }, (_, cell) => (Math.floor(wall / 2 ** cell) % 2 ? 1 : -1)));
      }
    }
  });

  test('has no policy where the position waits for a deal', () => {
    expect(waiting.length).toBeGreaterThan(2);
    const { batch, decoder } = decoderFor(game);
    for (const state of waiting) {
      decoder.decode(example(game, decisions[0]!, random).record, 0, batch, 0);
      decoder.decode(example(game, state, random).record, 0, batch, 0);
      expect(batch.hasPolicy[0]).toBe(0);
      expect(batch.policy.subarray(0, game.actions).every((p) => p === 0)).toBe(true);
      expect(batch.mask.subarray(0, game.actions).every((m) => m === 0)).toBe(true);
    }
  });

  test('has the bytes that its layout defines, at any offset', () => {
    const { policy, record } = example(game, decisions[0]!, random);
    const kept = policy.filter((p) => Math.round(p * 65535) > 0).length;
    expect(record.length).toBe(4 * game.stateSize + 20 * players + 4 * kept);
    const shifted = new Uint8Array(record.length + 5);
    shifted.set(record, 3);
    const [a, b] = [decoderFor(game), decoderFor(game)];
    a.decoder.decode(record, 0.5, a.batch, 0);
    b.decoder.decode(shifted.subarray(3, 3 + record.length), 0.5, b.batch, 0);
    expect(b.batch).toEqual(a.batch);
  });
});

test('probabilities below half a unit are dropped, and a single one is kept whole', () => {
  const game = new AzulGame(2);
  const policy = Float64Array.of(1 - 7e-6, 7e-6 - 1e-9, 1e-9);
  const values = { rank: [0, 0], margin: [0, 0] };
  const position = { state: game.rules.start(), search: values, actions: [4, 7, 9], policy, count: 3 };
  const { actions, probabilities } = unpackSearch(game, packRecord(game, position, { ...values, walls: [0, 0] }));
  expect([...actions]).toEqual([4]);
  expect([...probabilities]).toEqual([65535]);
});

test('records of a long game are the same as when packed one by one, also in reused memory', () => {
  const game = new AzulGame(2);
  const random = new Random(5);
  const states = Array.from({ length: 5 }, () => randomGame(game, random)).flat();
  const values = { rank: [0.5, -0.5], margin: [0.25, -0.25] };
  const outcome = { ...values, walls: [3, 5] };
  const legal = new Uint16Array(game.actions);
  const examples = states.map((state) => {
    const count = state[PHASE] === PLAYING ? game.legal(state, 0, legal) : 0;
    const policy = new Float64Array(count).fill(1 / count);
    return { state, search: values, actions: legal.slice(), policy, count };
  });
  const records = new GameRecords(game);
  for (const part of [examples, examples.toReversed(), examples.slice(0, 3)]) {
    records.clear();
    for (const { state, actions, policy, count } of part) {
      records.add(state, valueVector(values), actions, policy, count);
    }
    const packed = records.finish(outcome, 0);
    expect(packed).toEqual(part.map((example) => packRecord(game, example, outcome)));
  }
});
