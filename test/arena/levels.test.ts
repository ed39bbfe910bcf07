import { expect, test } from 'vitest';
import { chooseMove, LEVELS } from '../../src/arena/levels.js';
import { parseMove, startPosition } from '../../src/game/notation.js';
import { parseSetUp } from '../../src/game/setUp.js';
import { FakeThinker } from './fakeThinker.js';

test('moves from equal factories count as one in a choice by policy', async () => {
  const position = parseSetUp('start 2 moves =BBYK/BBYK/BBYK/RRWW/RRWW');
  const { rules } = startPosition(2);
  const [first, second, other] = ['1B2', '2B2', '4R2'].map((text) => parseMove(rules, text)) as [
    number,
    number,
    number,
  ];
  const thinker = new FakeThinker();
  thinker.evaluate = async () => ({
    values: [0, 0],
    policy: [
      { action: other, probability: 0.4 },
      { action: first, probability: 0.3 },
      { action: second, probability: 0.3 },
    ],
  });
  const club = LEVELS.find(({ id }) => id === 'club')!;
  expect(await chooseMove(thinker, position, club, 1)).toBe(first);
  const drawn = await Promise.all(
    Array.from({ length: 400 }, (_, seed) => chooseMove(thinker, position, { ...club, temperature: 1 }, seed)),
  );
  expect(new Set(drawn)).toEqual(new Set([first, other]));
  const part = drawn.filter((action) => action === first).length / drawn.length;
  expect(part).toBeGreaterThan(0.5);
  expect(part).toBeLessThan(0.7);
});
