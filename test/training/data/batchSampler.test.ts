import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { AzulGame } from '../../../src/mcts/azul.js';
import { Network } from '../../../src/network/network.js';
import type { Batch } from '../../../src/training/data/batch.js';
import { BatchSampler, type SamplerSettings } from '../../../src/training/data/batchSampler.js';
import { type FinishedGame, ReplayBuffer } from '../../../src/training/data/replayBuffer.js';
import { isHeldOut } from '../../../src/training/data/replayWindow.js';
import { packRecord, temporaryFolder } from '../helpers.js';

const game = new AzulGame(2);
const network = new Network(2, { width: 2, blocks: 0 });

/** A game whose positions show where they come from: the values are the game's number and the place, as fractions. */
function marked(number: number, positions: number, iteration = 1): FinishedGame {
  const state = game.rules.start();
  const records = Array.from({ length: positions }, (_, i) => {
    const values = { rank: [number / 1024, 0], margin: [i / 1024, 0] };
    const policy = { actions: [], policy: new Float64Array(0), count: 0 };
    return packRecord(game, { state, search: values, ...policy }, { ...values, walls: [0, 0] });
  });
  const rest = {
    plies: positions,
    rounds: 5,
    scores: [1, 2],
    simulations: 1,
    policyEntropy: 1,
    actions: new Uint16Array(0),
    searchValues: new Float32Array(0),
  };
  return { number, iteration, ...rest, records };
}

function samplerOn(games: FinishedGame[], settings: Partial<SamplerSettings> = {}, seed = 1) {
  const buffer = new ReplayBuffer(join(temporaryFolder(), 'replay.db'), 2);
  onTestFinished(() => buffer.close());
  buffer.add(games);
  const plain = { recency: 1, validationFraction: 0 };
  const all = { batchSize: 8, minPositions: 1, searchValueWeight: 0.3, ...plain, ...settings };
  return { buffer, sampler: new BatchSampler(buffer, game, network, all, new Random(seed)) };
}

/** The origin of each row of a batch, as "game/place". */
function origins(batch: Batch): string[] {
  const part = (value: number) => Math.round(value * 1024);
  return Array.from({ length: batch.size }, (_, i) => `${part(batch.outcome[2 * i]!)}/${part(batch.margin[2 * i]!)}`);
}

describe('batches', () => {
  test('exist only once the window holds enough positions', () => {
    const { sampler, buffer } = samplerOn([marked(0, 10)], { minPositions: 20 });
    expect(sampler.sampleBatch()).toBeNull();
    sampler.moveWindow(1, 1000);
    expect(sampler.positions).toBe(10);
    expect(sampler.sampleBatch()).toBeNull();
    buffer.add([marked(1, 10)]);
    sampler.moveWindow(1, 1000);
    expect(sampler.sampleBatch()).not.toBeNull();
  });

  test('exist though the training positions alone are fewer than minPositions, because many games are held out', () => {
    const games = Array.from({ length: 40 }, (_, n) => marked(n, 10));
    const { sampler } = samplerOn(games, { minPositions: 400, validationFraction: 0.3 });
    sampler.moveWindow(1, 399);
    expect(sampler.positions).toBeLessThan(400);
    expect(sampler.positions + sampler.heldOutPositions).toBe(400);
    expect(sampler.sampleBatch()).not.toBeNull();
    const { sampler: all } = samplerOn([marked(8, 10)], { minPositions: 1, validationFraction: 0.4 });
    all.moveWindow(1, 100);
    expect(all.positions).toBe(0);
    expect(all.sampleBatch()).toBeNull();
  });

  test('an empty window gives no batch and drops nothing', () => {
    const { sampler, buffer } = samplerOn([marked(5, 3, 2)], { minPositions: 1 });
    sampler.moveWindow(1, 100);
    expect(sampler.sampleBatch()).toBeNull();
    buffer.dropBefore(sampler.oldestGame);
    expect(buffer.positions).toBe(3);
  });

  test('have the documented shapes', () => {
    const { sampler } = samplerOn([marked(0, 10)], { batchSize: 5 });
    sampler.moveWindow(1, 100);
    const batch = sampler.sampleBatch()!;
    expect(batch.size).toBe(5);
    const lengths = Object.fromEntries(
      Object.entries(batch)
        .filter(([key]) => key !== 'size')
        .map(([key, values]) => [key, (values as Float32Array).length / 5]),
    );
    expect(lengths).toEqual({
      inputs: 630,
      policy: 180,
      mask: 180,
      hasPolicy: 1,
      outcome: 2,
      finalRank: 2,
      margin: 2,
      ownership: 50,
    });
  });

  test('contain only positions of the window', () => {
    const games = [0, 1, 2, 3, 4].map((n) => marked(n, 10, 1 + Math.floor(n / 2)));
    const { sampler } = samplerOn(games, { batchSize: 64 });
    const seen = () => {
      const from = new Set<number>();
      for (let i = 0; i < 10; i++) for (const o of origins(sampler.sampleBatch()!)) from.add(Number(o.split('/')[0]));
      return [...from].sort();
    };
    sampler.moveWindow(2, 20);
    expect(seen()).toEqual([2, 3]);
    expect(sampler.oldestGame).toBe(2);
    sampler.moveWindow(3, 25);
    expect(seen()).toEqual([2, 3, 4]);
    sampler.moveWindow(1, 1000);
    expect(seen()).toEqual([0, 1]);
  });

  test('draw every position with equal chance, whatever the length of its game', () => {
    const lengths = [1, 7, 30, 2, 60];
    const { sampler } = samplerOn(
      lengths.map((length, n) => marked(n, length)),
      { batchSize: 1000 },
    );
    sampler.moveWindow(1, 1000);
    const counts = new Map<string, number>();
    for (let i = 0; i < 20; i++) {
      for (const origin of origins(sampler.sampleBatch()!)) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    }
    expect(counts.size).toBe(100);
    const expected = 20_000 / 100;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 99 degrees of freedom: 0.1 % and 99.9 % quantiles.
    expect(chiSquare).toBeGreaterThan(60);
    expect(chiSquare).toBeLessThan(149);
  });

  test('are the same for the same random state', () => {
    const games = [marked(0, 40), marked(1, 50)];
    const { sampler } = samplerOn(games, {}, 3);
    sampler.moveWindow(1, 100);
    for (let i = 0; i < 5; i++) sampler.sampleBatch();
    const state = sampler.save();
    const drawn = [1, 2, 3].map(() => origins(sampler.sampleBatch()!));
    expect(new Set(drawn.map(String)).size).toBe(3);
    const { sampler: other } = samplerOn(games, {}, 99);
    other.restore(state);
    expect([1, 2, 3].map(() => origins(other.sampleBatch()!))).toEqual(drawn);
  });

  test('for measuring, on held-out or training games, are spread evenly and have as many rows as exist', () => {
    const games = Array.from({ length: 40 }, (_, n) => marked(n, 1 + (n % 7)));
    const { sampler } = samplerOn(games, { batchSize: 4, validationFraction: 0.3 });
    sampler.moveWindow(1, 1000);
    const held = games.filter(({ number }) => isHeldOut(number, 0.3));
    const all = held.flatMap(({ number, records }) => records.map((_, place) => `${number}/${place}`));
    const batches = (limit: number) => [...sampler.validationBatches(limit)].map(({ size }) => size);
    const rows = (limit: number) => {
      const found = [];
      for (const batch of sampler.validationBatches(limit)) found.push(...origins(batch));
      return found;
    };
    expect(rows(1000)).toEqual(all);
    expect(rows(7)).toEqual(Array.from({ length: 7 }, (_, i) => all[Math.floor((i * all.length) / 7)]));
    expect(batches(7)).toEqual([4, 3]);
    expect(batches(8)).toEqual([4, 4]);
    const trained: string[] = [];
    for (const batch of sampler.validationBatches(1000, 'training')) trained.push(...origins(batch));
    const everything = games.flatMap(({ number, records }) => records.map((_, place) => `${number}/${place}`));
    expect([...trained, ...all].sort()).toEqual(everything.sort());
    expect(sampler.reuse.drawn).toBe(0);
    const drawn = new Set<string>();
    for (let i = 0; i < 100; i++) for (const origin of origins(sampler.sampleBatch()!)) drawn.add(origin);
    for (const origin of all) expect(drawn).not.toContain(origin);
    expect(sampler.reuse.drawn).toBe(400);
    expect([...samplerOn(games).sampler.validationBatches(100)]).toEqual([]);
  });

  test('cost one look-up for each row, in a small window and in a large one', () => {
    for (const size of [1000, 100_000]) {
      const { sampler, buffer } = samplerOn([marked(0, 1)], { batchSize: 50 });
      const games = Array.from({ length: size }, (_, number) => ({ number, positions: 60 }));
      vi.spyOn(buffer, 'newestGames').mockReturnValue(games);
      const lookUps = vi.spyOn(buffer, 'record').mockReturnValue(marked(0, 1).records[0]!);
      sampler.moveWindow(1, 60 * size);
      const { window } = sampler as unknown as { window: { ends: number[] } };
      const { ends } = window;
      let reads = 0;
      const counted = new Proxy(ends, {
        get(target, key) {
          if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
          return Reflect.get(target, key);
        },
      });
      Object.assign(window, { ends: counted });
      sampler.sampleBatch();
      expect(lookUps).toHaveBeenCalledTimes(50);
      for (const [number, i] of lookUps.mock.calls) {
        expect(number).toBeLessThan(size);
        expect(i).toBeLessThan(60);
      }
      // Binary search: 17 steps find one of 100,000 games.
      expect(reads / 50).toBeLessThan(22);
    }
  });
});
