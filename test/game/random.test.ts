import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';

const ALL_ONES = 0xffffffff;

function firstWords(random: Random, n = 4): number[] {
  return Array.from({ length: n }, () => random.next());
}

function moments(draw: () => number, n = 100_000): { mean: number; variance: number } {
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n };
}

describe('the stream', () => {
  test('is xoshiro128**: words that the C program of its authors gives from this state', () => {
    const random = new Random();
    random.restore([0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0]);
    expect(firstWords(random)).toEqual([0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70]);
    expect(random.save()).toEqual([0xfc65379c, 0x52006d70, 0x87487639, 0xf1908343]);
  });

  test('is the same for the same keys, for every kind of seeding', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (keys) => {
        const reseeded = new Random(7);
        reseeded.next();
        reseeded.reseed(...keys);
        expect(firstWords(new Random(...keys))).toEqual(firstWords(reseeded));
      }),
    );
  });

  test('differs between different keys', () => {
    const keys = [
      [],
      [0],
      [1],
      [2],
      [-1],
      [2 ** 32],
      [2 ** 32 + 1],
      [2 ** 32 - 1],
      [1, 0],
      [0, 1],
      [1, 2],
      [2, 1],
      [1, 2, 0],
    ];
    const streams = keys.map((k) => firstWords(new Random(...k)).join());
    expect(new Set(streams).size).toBe(keys.length);
  });

  test('shares about half its bits with the stream of the next key', () => {
    let common = 0;
    for (let key = 0; key < 1000; key++) {
      const differing = new Random(key).next() ^ new Random(key + 1).next();
      common += 32 - differing.toString(2).replaceAll(/[-0]/g, '').length;
    }
    expect(Math.abs(common / 32_000 - 0.5)).toBeLessThan(0.02);
  });

  test('continues from a saved state', () => {
    const random = new Random(3, 1);
    firstWords(random, 10);
    const saved = random.save();
    const expected = firstWords(random, 10);
    const other = new Random(99);
    other.restore(JSON.parse(JSON.stringify(saved)));
    expect(firstWords(other, 10)).toEqual(expected);
    expect(saved).toEqual(saved.map((word) => word >>> 0));
  });
});

describe('int', () => {
  test('lies between 0 and n - 1', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.oneof(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer({ min: 1, max: 20 })),
        (seed, n) => {
          const random = new Random(seed);
          for (let i = 0; i < 20; i++) {
            const value = random.int(n);
            expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
          }
        },
      ),
    );
  });

  test.each([1, 3, 20, 2 ** 31 + 1, 2 ** 32])('stays below %d on the largest possible words', (n) => {
    const random = new Random();
    random.next = () => ALL_ONES;
    expect(random.int(n)).toBe(n - 1);
  });

  test.each([2, 3, 7, 20, 180])('is uniform over %d values', (n) => {
    const random = new Random(n);
    const draws = 2000 * n;
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < draws; i++) counts[random.int(n)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    const freedom = n - 1;
    expect(Math.abs(chiSquare - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
  });
});

describe('the variates', () => {
  test('float is uniform in [0, 1)', () => {
    const random = new Random(1);
    const { mean, variance } = moments(() => random.float());
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    random.next = () => ALL_ONES;
    expect(random.float()).toBeLessThan(1);
  });

  test('normal has mean 0 and variance 1, and 68 % within one deviation', () => {
    const random = new Random(2);
    const { mean, variance } = moments(() => random.normal());
    expect(Math.abs(mean)).toBeLessThan(0.013);
    expect(Math.abs(variance - 1)).toBeLessThan(0.018);
    const within = moments(() => (Math.abs(random.normal()) < 1 ? 1 : 0));
    expect(within.mean).toBeCloseTo(0.6827, 2);
  });

  test('gumbel has the mean of the Euler–Mascheroni constant and variance pi² / 6', () => {
    const random = new Random(3);
    const { mean, variance } = moments(() => random.gumbel());
    expect(Math.abs(mean - 0.5772)).toBeLessThan(0.017);
    expect(Math.abs(variance - Math.PI ** 2 / 6)).toBeLessThan(0.05);
  });

  test.each([0.03, 0.3, 1, 2.5, 10])('gamma of shape %d has that mean and that variance', (shape) => {
    const random = new Random(4, Math.round(100 * shape));
    const { mean, variance } = moments(() => random.gamma(shape));
    const errorOfMean = Math.sqrt(shape / 100_000);
    const errorOfVariance = Math.sqrt((2 * shape ** 2 + 6 * shape) / 100_000);
    expect(Math.abs(mean - shape)).toBeLessThan(4 * errorOfMean);
    expect(Math.abs(variance - shape)).toBeLessThan(4 * errorOfVariance);
  });

  test('are finite on the smallest and the largest words', () => {
    for (const word of [0, ALL_ONES]) {
      const random = new Random();
      random.next = () => word;
      expect(Number.isFinite(random.gumbel())).toBe(true);
      expect(Number.isFinite(random.normal())).toBe(true);
    }
  });
});
