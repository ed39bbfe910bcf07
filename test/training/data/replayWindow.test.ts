import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { type FinishedGame, ReplayBuffer, ReplayBufferError } from '../../../src/training/data/replayBuffer.js';
import { type DrawSettings, isHeldOut, ReplayWindow, windowSize } from '../../../src/training/data/replayWindow.js';

const PLAIN: DrawSettings = { recency: 1, validationFraction: 0 };

function game(number: number, iteration: number, positions: number): FinishedGame {
  const rest = {
    plies: 50,
    rounds: 5,
    scores: [10, 20],
    simulations: 100,
    policyEntropy: 1,
    actions: new Uint16Array(0),
    searchValues: new Float32Array(0),
  };
  const records = Array.from({ length: positions }, () => Uint8Array.of(number & 255));
  return { number, iteration, ...rest, records };
}

function bufferOf(games: FinishedGame[]): ReplayBuffer {
  const buffer = new ReplayBuffer(':memory:', 2);
  onTestFinished(() => buffer.close());
  buffer.add(games);
  return buffer;
}

function windowOn(games: FinishedGame[], settings: Partial<DrawSettings> = {}): ReplayWindow {
  return new ReplayWindow(bufferOf(games), { ...PLAIN, ...settings });
}

/** The number of draws of each position, by "game/place". */
function drawMany(window: ReplayWindow, n: number, seed = 1): Map<string, number> {
  const random = new Random(seed);
  const counts = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const { game, place } = window.draw(random);
    counts.set(`${game}/${place}`, (counts.get(`${game}/${place}`) ?? 0) + 1);
  }
  return counts;
}

describe('the size of the window', () => {
  test('is the whole buffer at first, then a line that stops at the maximum', () => {
    const line = { minWindow: 30_000, maxWindow: 1_000_000, growth: 0.5 };
    expect(windowSize(0, line)).toBe(30_000);
    expect(windowSize(30_000, line)).toBe(30_000);
    expect(windowSize(30_001, line)).toBe(30_001);
    expect(windowSize(130_000, line)).toBe(80_000);
    expect(windowSize(1_000_000, line)).toBe(515_000);
    expect(windowSize(10_000_000, line)).toBe(1_000_000);
    expect(windowSize(5_000_000, { ...line, growth: 0 })).toBe(30_000);
  });
});

describe('held-out games', () => {
  test('are about the requested fraction, none at 0, and a smaller fraction holds out a subset', () => {
    const heldOut = (fraction: number) =>
      Array.from({ length: 20_000 }, (_, n) => n).filter((n) => isHeldOut(n, fraction));
    expect(heldOut(0)).toEqual([]);
    for (const fraction of [0.02, 0.1]) {
      const deviation = Math.sqrt(20_000 * fraction * (1 - fraction));
      expect(Math.abs(heldOut(fraction).length - 20_000 * fraction)).toBeLessThan(3.5 * deviation);
    }
    const many = new Set(heldOut(0.1));
    expect(heldOut(0.02).every((n) => many.has(n))).toBe(true);
  });

  test('are never drawn, and are kept apart from the training games', () => {
    const window = windowOn(
      Array.from({ length: 60 }, (_, n) => game(n, 1, 5)),
      { validationFraction: 0.2 },
    );
    expect(window.move(1, 200)).toBe(
      5 * Array.from({ length: 60 }, (_, n) => n).filter((n) => !isHeldOut(n, 0.2)).length,
    );
    const held = window.heldOut.map(({ number }) => number);
    expect(held.length).toBeGreaterThan(2);
    expect(held).toEqual(Array.from({ length: 40 }, (_, i) => 20 + i).filter((n) => isHeldOut(n, 0.2)));
    expect(window.positions + 5 * held.length).toBe(200);
    const drawn = new Set([...drawMany(window, 5000).keys()].map((key) => Number(key.split('/')[0])));
    expect(drawn.size).toBe(40 - held.length);
    for (const n of held) expect(drawn).not.toContain(n);
  });
});

describe('draws', () => {
  test('give all positions of a game equal chances', () => {
    const window = windowOn([game(0, 1, 4), game(1, 1, 2)]);
    window.move(1, 100);
    const counts = [...drawMany(window, 60_000).values()];
    expect(counts.length).toBe(6);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
  });

  test('prefer new games by the requested factor', () => {
    const window = windowOn(
      Array.from({ length: 100 }, (_, n) => game(n, 1, 1)),
      { recency: 8 },
    );
    window.move(1, 100);
    const counts = drawMany(window, 100_000);
    const part = (from: number) =>
      Array.from({ length: 10 }, (_, i) => counts.get(`${from + i}/0`) ?? 0).reduce((a, b) => a + b);
    expect(part(90) / part(0)).toBeCloseTo(8 ** 0.9, 0);
    expect(part(50) / part(0)).toBeCloseTo(8 ** 0.5, 0);
  });
});

test('reuse, compared with values by hand', () => {
  const window = windowOn([game(0, 1, 1), game(1, 2, 2), game(2, 3, 2)]);
  expect(window.reuse()).toEqual({
    drawn: 0,
    window: { mean: 0, most: 0 },
    left: { positions: 0, mean: 0, most: 0 },
  });
  expect(window.move(1, 10)).toBe(1);
  drawMany(window, 6);
  expect(window.reuse()).toMatchObject({ drawn: 6, window: { mean: 6, most: 6 } });
  expect(window.move(2, 2)).toBe(2);
  expect(window.reuse()).toEqual({
    drawn: 6,
    window: { mean: 0, most: 0 },
    left: { positions: 1, mean: 6, most: 6 },
  });
  const most = Math.max(...drawMany(window, 3).values());
  expect(window.reuse()).toMatchObject({ drawn: 9, window: { mean: 1.5, most } });
  expect(window.move(3, 1)).toBe(2);
  expect(window.reuse()).toEqual({
    drawn: 9,
    window: { mean: 0, most: 0 },
    left: { positions: 3, mean: 3, most: 6 },
  });
});

test('a buffer other than that of the saved state is refused', () => {
  const window = windowOn([game(0, 1, 3), game(1, 1, 4)]);
  window.move(1, 10);
  const state = window.save();
  expect(() => windowOn([game(0, 1, 3), game(1, 1, 5)]).restore(state)).toThrow(ReplayBufferError);
  expect(() => windowOn([game(1, 1, 4)]).restore(state)).toThrow(/does not hold the games of the checkpoint/);
});

describe('the sums are right in any sequence of iterations', () => {
  /** An iteration: lengths of its games, number of draws, and what happens afterwards. */
  const iteration = fc.record({
    games: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    draws: fc.integer({ min: 0, max: 30 }),
    resumed: fc.boolean(),
    dropped: fc.boolean(),
  });
  const growth = fc.record({
    minWindow: fc.integer({ min: 1, max: 30 }),
    maxWindow: fc.integer({ min: 30, max: 60 }),
    growth: fc.constantFrom(0, 0.3, 1),
  });
  const settings = fc.record({
    recency: fc.constantFrom(1, 4),
    validationFraction: fc.constantFrom(0, 0.3),
  });

  test('generated = stored + dropped, all training positions = in the window + left, uses = draws', () => {
    fc.assert(
      fc.property(fc.array(iteration, { maxLength: 12 }), growth, settings, (iterations, growing, drawing) => {
        const buffer = new ReplayBuffer(':memory:', 2);
        const random = new Random(5);
        let window = new ReplayWindow(buffer, drawing);
        let number = 0;
        let generated = 0;
        let training = 0;
        let draws = 0;
        const uses = new Map<string, number>();
        for (const [i, { games, draws: n, resumed, dropped }] of iterations.entries()) {
          let fresh = 0;
          for (const positions of games) {
            buffer.add([game(number, i + 1, positions)]);
            generated += positions;
            if (!isHeldOut(number, drawing.validationFraction)) fresh += positions;
            number++;
          }
          training += fresh;
          expect(window.move(i + 1, windowSize(generated, growing))).toBe(fresh);
          for (let k = 0; k < n && window.positions > 0; k++) {
            const { game: from, place } = window.draw(random);
            const key = `${from}/${place}`;
            uses.set(key, (uses.get(key) ?? 0) + 1);
            draws++;
          }
          if (resumed) {
            const saved = window.save();
            window = new ReplayWindow(buffer, drawing);
            window.restore(saved);
            expect(window.save()).toEqual(saved);
          }
          if (dropped) buffer.dropBefore(window.oldestGame);

          expect(buffer.totals(i + 1).positions).toBe(generated);
          expect(buffer.positions + buffer.dropped).toBe(generated);
          expect(buffer.check()).toEqual([]);
          const { drawn, window: inside, left } = window.reuse();
          expect(drawn).toBe(draws);
          expect(window.positions + left.positions).toBe(training);
          const { uses: counted, left: gone } = window.save();
          const sum = counted.reduce((a, b) => a + b, 0);
          expect(sum + gone.drawn).toBe(draws);
          expect(inside.mean * window.positions).toBeCloseTo(sum, 9);
          expect(Math.max(inside.most, left.most)).toBe(Math.max(0, ...uses.values()));
        }
        buffer.close();
      }),
      { numRuns: 60 },
    );
  });
});
