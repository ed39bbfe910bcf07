import { describe, expect, it } from 'vitest';
import { sprt } from '../../src/arena/sprt.js';
import { eloOf, pairScores } from '../../src/arena/statistics.js';
import { Random } from '../../src/game/random.js';
import { simulatePair, trueScore } from './simulate.js';

describe('sprt', () => {
  it("has Wald's bounds and starts undecided", () => {
    const { ratio, low, high, verdict } = sprt([], { elo0: 0, elo1: 10, alpha: 0.05, beta: 0.1 });
    expect({ ratio, verdict }).toEqual({ ratio: 0, verdict: 'undecided' });
    expect(low).toBeCloseTo(Math.log(0.1 / 0.95), 9);
    expect(high).toBeCloseTo(Math.log(0.9 / 0.05), 9);
  });

  it('is symmetric about the midpoint of its hypotheses', () => {
    const scores = [1, 0.5, 0.5, 1, 0, 0.75, 1, 1];
    const up = sprt(scores, { elo0: -20, elo1: 20 });
    const down = sprt(
      scores.map((score) => 1 - score),
      { elo0: -20, elo1: 20 },
    );
    expect(up.ratio).toBeGreaterThan(0);
    expect(down.ratio).toBeCloseTo(-up.ratio, 12);
  });

  it('decides a one-sided match', () => {
    expect(sprt(new Array(60).fill(1), { elo0: 0, elo1: 50 }).verdict).toBe('elo1');
    expect(sprt(new Array(60).fill(0), { elo0: 0, elo1: 50 }).verdict).toBe('elo0');
  });

  it('has about the declared error rates', () => {
    const elo1 = 50;
    // The luck of the simulated deals lowers the score of a given strength. The test is about the score.
    const strength = (elo: number) => {
      let low = 0;
      let high = 4 * elo1;
      for (let i = 0; i < 40; i++) {
        const middle = (low + high) / 2;
        if (eloOf(trueScore(middle)) < elo) low = middle;
        else high = middle;
      }
      return low;
    };
    const runs = 500;
    const random = new Random(11);
    const wrong = (elo: number, verdict: string) => {
      let errors = 0;
      for (let run = 0; run < runs; run++) {
        const scores: number[] = [];
        let state = sprt(scores, { elo0: 0, elo1 });
        while (state.verdict === 'undecided') {
          for (let i = 0; i < 4; i++) scores.push(...pairScores(simulatePair(random, strength(elo))));
          state = sprt(scores, { elo0: 0, elo1 });
        }
        if (state.verdict === verdict) errors++;
      }
      return errors / runs;
    };
    for (const rate of [wrong(0, 'elo1'), wrong(elo1, 'elo0')]) {
      expect(rate).toBeGreaterThan(0.015);
      expect(rate).toBeLessThan(0.08);
    }
  });

  it('refuses invalid hypotheses and error rates', () => {
    expect(() => sprt([], { elo0: 5, elo1: 5 })).toThrow('elo1');
    expect(() => sprt([], { elo0: 0, elo1: 5, alpha: 0 })).toThrow('alpha');
    expect(() => sprt([], { elo0: 0, elo1: 5, beta: 0.5 })).toThrow('beta');
  });
});
