import { describe, expect, test } from 'vitest';
import { Schedule, type ScheduleSettings } from '../../../src/training/step/schedule.js';

const SETTINGS: ScheduleSettings = {
  schedule: 'cosine',
  learningRate: 1,
  finalLearningRate: 0.1,
  warmUpSteps: 4,
  decaySteps: 8,
  decayFactor: 0.5,
  cycleFactor: 2,
  patience: 2,
};

const cosine = (part: number) => 0.1 + 0.45 * (1 + Math.cos(Math.PI * part));

describe.each<[ScheduleSettings['schedule'], Partial<ScheduleSettings>, [step: number, rate: number][]]>([
  [
    'constant',
    {},
    [
      [0, 1],
      [8, 1],
      [1e9, 1],
    ],
  ],
  [
    'step',
    {},
    [
      [0, 1],
      [7, 1],
      [8, 0.5],
      [15, 0.5],
      [16, 0.25],
      [24, 0.125],
      [32, 0.1],
      [1e9, 0.1],
    ],
  ],
  [
    'exponential',
    {},
    [
      [0, 1],
      [2, 0.1 ** 0.25],
      [4, Math.sqrt(0.1)],
      [8, 0.1],
      [1e9, 0.1],
    ],
  ],
  [
    'plateau',
    {},
    [
      [0, 1],
      [1e9, 1],
    ],
  ],
  [
    'cosine',
    {},
    [
      [0, 1],
      [2, cosine(0.25)],
      [4, 0.55],
      [8, 0.1],
      [1e9, 0.1],
    ],
  ],
  // Cycles of 8, 16 and 32 steps.
  [
    'cosineRestarts',
    {},
    [
      [0, 1],
      [4, 0.55],
      [7, cosine(7 / 8)],
      [8, 1],
      [16, 0.55],
      [23, cosine(15 / 16)],
      [24, 1],
      [40, 0.55],
      [56, 1],
    ],
  ],
  [
    'cosineRestarts',
    { cycleFactor: 1 },
    [
      [0, 1],
      [7, cosine(7 / 8)],
      [8, 1],
      [12, 0.55],
      [80, 1],
    ],
  ],
])('%s %o', (schedule, changes, table) => {
  test.each(table)('at step %d is %d', (step, rate) => {
    const settings = { ...SETTINGS, ...changes, schedule };
    expect(new Schedule({ ...settings, warmUpSteps: 0 }).rate(step)).toBeCloseTo(rate, 12);
    // Warm-up is linear, reaches the full rate at its last step, and delays the rest by its length.
    const warmed = new Schedule(settings);
    expect([0, 1, 2, 3].map((early) => warmed.rate(early))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(warmed.rate(4 + step)).toBeCloseTo(rate, 12);
  });
});

describe('plateau', () => {
  const plateau = () => new Schedule({ ...SETTINGS, schedule: 'plateau', warmUpSteps: 0 });
  const rates = (schedule: Schedule, losses: number[]) =>
    losses.map((loss) => {
      schedule.observe(loss);
      return schedule.rate(100);
    });

  test('falls after more than `patience` losses that do not improve on the best, down to the minimum rate', () => {
    //                       best       2 waited       best again        falls        and again
    expect(rates(plateau(), [5, 4, 4.5, 4.2, 3.9, 4, 4, 4, 4, 4, 4])).toEqual([
      1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25,
    ]);
    expect(rates(plateau(), Array(20).fill(1)).at(-1)).toBe(0.1);
  });

  test('ignores an improvement of less than 1 in 10,000, also below zero', () => {
    expect(rates(plateau(), [1, 0.99995, 0.99992, 0.99991]).at(-1)).toBe(0.5);
    expect(rates(plateau(), [1, 0.9998, 0.9996, 0.9994]).at(-1)).toBe(1);
    expect(rates(plateau(), [-1, -1.00005, -1.00005, -1.00005]).at(-1)).toBe(0.5);
    expect(rates(plateau(), [-1, -1.1, -1.2, -1.3]).at(-1)).toBe(1);
  });

  test('a cooldown delays the next fall, whatever values it sees', () => {
    const cooled = new Schedule({ ...SETTINGS, schedule: 'plateau', warmUpSteps: 0, cooldown: 2 });
    //                      best  2 waited  falls  cooldown  2 waited  falls
    expect(rates(cooled, [1, 1, 1, 1, 1, 0.5, 1, 1, 1])).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]);
  });

  test('in the mode max the rate falls where values stop rising by at least minDelta', () => {
    const rising = () => new Schedule({ ...SETTINGS, schedule: 'plateau', warmUpSteps: 0, mode: 'max', minDelta: 0.1 });
    expect(rates(rising(), [1, 2, 3, 4, 5]).at(-1)).toBe(1);
    expect(rates(rising(), [1, 1.05, 1.09, 1.08])).toEqual([1, 1, 1, 0.5]);
  });

  test('resumes from a saved state, through JSON, as if never interrupted', () => {
    const losses = [5, 4, 4.5, 4.2, 4.1, 3.9, 4, 4, 4, 4, 3, 3.5, 3.5, 3.5];
    const whole = rates(plateau(), losses);
    for (let cut = 0; cut <= losses.length; cut++) {
      const first = plateau();
      const begun = rates(first, losses.slice(0, cut));
      const second = plateau();
      second.restore(JSON.parse(JSON.stringify(first.save())));
      expect([...begun, ...rates(second, losses.slice(cut))]).toEqual(whole);
    }
  });

  test('is the only schedule that reacts to losses', () => {
    const cosine = new Schedule(SETTINGS);
    const before = cosine.rate(7);
    for (let i = 0; i < 20; i++) cosine.observe(1);
    expect(cosine.rate(7)).toBe(before);
  });
});

test('an unknown schedule is refused, and the known ones are named', () => {
  expect(() => new Schedule({ ...SETTINGS, schedule: 'linear' as 'cosine' })).toThrow(
    "unknown schedule 'linear'; known are cosine, constant, step, exponential, plateau, cosineRestarts",
  );
});
