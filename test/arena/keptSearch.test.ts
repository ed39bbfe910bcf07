import { expect, test } from 'vitest';
import { KeptSearch } from '../../src/arena/keptSearch.js';
import { AzulGame } from '../../src/mcts/azul.js';
import type { Search } from '../../src/mcts/search.js';
import { NONE } from '../../src/mcts/tree.js';

const LARGE = 40_000;

/** Uses a search for `nodes` nodes. */
async function search(kept: KeptSearch, nodes: number): Promise<Search> {
  return kept.use(async (used) => {
    used.tree.clear();
    while (used.tree.nodes < nodes) used.tree.addNode(NONE, NONE);
    return used;
  });
}

test('a search keeps its memory while it is needed, and frees it when it is not', async () => {
  const kept = new KeptSearch(new AzulGame(2), 100);
  const large = await search(kept, LARGE);
  expect((await search(kept, 10)) === large).toBe(true);
  expect((await search(kept, LARGE)) === large).toBe(true);
  const start = performance.now();
  let used = large;
  // Small searches in sequence do not need the memory either.
  while (used === large) {
    expect(performance.now() - start).toBeLessThan(5000);
    used = await search(kept, 10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(performance.now() - start).toBeGreaterThan(90);
  expect(used.tree.nodeCapacity).toBeLessThan(LARGE);
  expect((await search(kept, 10)) === used).toBe(true);
});

test('a pause frees the memory as well', async () => {
  const kept = new KeptSearch(new AzulGame(2), 20);
  const large = await search(kept, LARGE);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await search(kept, 10)) === large).toBe(false);
});
