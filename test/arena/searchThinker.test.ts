import { expect, test } from 'vitest';
import { SearchThinker } from '../../src/arena/searchThinker.js';
import { startPosition } from '../../src/game/notation.js';

test('is ready when what it needs for each number of players is open, and opens nothing twice', async () => {
  const opened: number[] = [];
  const open = async (players: number) => void opened.push(players);
  const thinker = new SearchThinker(open as () => Promise<undefined>, [2, 4]);
  await thinker.ready();
  expect(opened).toEqual([2, 4]);
  await thinker.evaluate(startPosition(3), 1);
  await thinker.evaluate(startPosition(4), 1);
  await thinker.ready();
  expect(opened).toEqual([2, 4, 3]);
});

test('what could not be opened is tried again', async () => {
  let failures = 0;
  const thinker = new SearchThinker(async () => {
    if (failures++ === 0) throw new Error('too many open files');
    return undefined;
  });
  await expect(thinker.ready()).rejects.toThrow('too many open files');
  await thinker.ready();
  expect((await thinker.evaluate(startPosition(2), 1)).values).toHaveLength(2);
});
