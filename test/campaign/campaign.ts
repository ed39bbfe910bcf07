/**
 * A campaign disturbs a program at random moments, repeatedly, and checks the remains each time.
 *
 * `MINUTES` is the time for one campaign (a fraction is allowed; 0.2 by default). `SEED` makes the random choices the same; the
 * moments still depend on the machine.
 */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { Random } from '../../src/game/random.js';

const MINUTES = Number(process.env.MINUTES ?? 0.2);
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31));

/** The work of one round of a campaign: counts by name, such as `{ kills: 7 }`. */
export type Counts = Record<string, number>;

/** Repeats rounds until the time is over, at least one, and prints the sums of their counts. */
export function campaign(name: string, round: (random: Random) => Promise<Counts>): void {
  test(name, async () => {
    const end = performance.now() + MINUTES * 60_000;
    const sums: Counts = { rounds: 0 };
    do {
      const number = sums.rounds!++;
      const counts = await round(new Random(SEED, number)).catch((error: Error) => {
        error.message = `round ${number} of SEED=${SEED}: ${error.message}`;
        throw error;
      });
      for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count;
    } while (performance.now() < end);
    const figures = Object.entries(sums).map(([what, count]) => `${count} ${what}`);
    console.log(`${name}: ${figures.join(', ')}; no fault (SEED=${SEED})`);
  });
}

/** Checks that a disturbed program printed no stack, and no message of a crashed runtime. */
export function expectOrderly(output: string): void {
  expect(output).not.toMatch(/\n\s+at |node:internal|terminate called|Aborted|Segmentation|TypeError|ReferenceError/);
}

/** One of the elements, at random. */
export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.int(from.length)]!;
}
