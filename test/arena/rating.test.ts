import { describe, expect, it } from 'vitest';
import { rate } from '../../src/arena/rating.js';
import { scoreAt } from '../../src/arena/statistics.js';
import { Random } from '../../src/game/random.js';

describe('rate', () => {
  it('matches cases of two players worked by hand', () => {
    const [even, other] = rate([
      [0, 50],
      [50, 0],
    ]) as [ReturnType<typeof rate>[0], ReturnType<typeof rate>[0]];
    expect(even.mean).toBeCloseTo(0, 6);
    // The information about the difference is 100/4 from the games and 1/8 from the prior.
    expect(even.error).toBeCloseTo(((400 / Math.LN10) * Math.sqrt(1 / 25.125)) / 2, 6);
    expect(other.error).toBeCloseTo(even.error, 9);

    const [strong, weak] = rate([
      [0, 300],
      [100, 0],
    ]) as (typeof even)[];
    expect(strong!.mean + weak!.mean).toBeCloseTo(0, 4);
    // It is 190.85 without the prior.
    expect(strong!.mean - weak!.mean).toBeGreaterThan(188);
    expect(strong!.mean - weak!.mean).toBeLessThan(190.85);
  });

  it('counts the results of a game of three or four players as fewer independent results', () => {
    const points = [
      [0, 50],
      [50, 0],
    ];
    const error = (seats: number) => rate(points, 0, seats)[1]!.error;
    // 75 and 60 of 100 results are independent, and 1/8 is the prior's.
    expect(error(3) / error(2)).toBeCloseTo(Math.sqrt((25 + 1 / 8) / (0.75 * 25 + 1 / 8)), 9);
    expect(error(4) / error(2)).toBeCloseTo(Math.sqrt((25 + 1 / 8) / (0.6 * 25 + 1 / 8)), 9);
  });

  it('stays finite for a player who won every game, and reports a large error', () => {
    const [winner] = rate([
      [0, 100],
      [0, 0],
    ]);
    expect(winner!.mean).toBeGreaterThan(300);
    expect(winner!.mean).toBeLessThan(700);
    expect(winner!.high - winner!.low).toBeGreaterThan(200);
  });

  it('rates players who never met, and puts the anchor at 0', () => {
    const ratings = rate(
      [
        [0, 30, 0],
        [10, 0, 0],
        [0, 0, 0],
      ],
      1,
    );
    expect(ratings[1]).toEqual({ mean: 0, error: 0, low: 0, high: 0 });
    expect(ratings[0]!.mean).toBeGreaterThan(170);
    expect(ratings[2]!.error).toBeGreaterThan(300);
  });

  it('has intervals that hold the true ratings in about 95 % of cases', () => {
    const truth = [-250, -60, 0, 90, 220];
    const random = new Random(3);
    const pools = 400;
    const held = { mean: 0, anchor: 0 };
    for (let pool = 0; pool < pools; pool++) {
      const points = truth.map(() => truth.map(() => 0));
      for (let i = 0; i < truth.length; i++) {
        for (let j = 0; j < i; j++) {
          for (let k = 0; k < 40; k++) {
            if (random.float() < scoreAt(truth[i]! - truth[j]!)) points[i]![j]!++;
            else points[j]![i]!++;
          }
        }
      }
      for (const [i, { low, high }] of rate(points).entries()) {
        if (low <= truth[i]! && truth[i]! <= high) held.mean++;
      }
      const { low, high } = rate(points, 2)[4]!;
      if (low <= 220 && 220 <= high) held.anchor++;
    }
    expect(held.mean / pools / truth.length).toBeGreaterThan(0.93);
    expect(held.mean / pools / truth.length).toBeLessThan(0.97);
    expect(held.anchor / pools).toBeGreaterThan(0.92);
    expect(held.anchor / pools).toBeLessThan(0.98);
  });
});
