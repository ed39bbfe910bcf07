import { describe, expect, onTestFinished, test } from 'vitest';
import { searchSettings } from '../../../src/mcts/settings.js';
import { Network } from '../../../src/network/network.js';
import { createWorkers } from '../../../src/players/workers.js';
import type { FinishedGame } from '../../../src/training/data/replayBuffer.js';
import { selfPlay } from '../../../src/training/selfplay/actors.js';
import type { SelfPlayJob } from '../../../src/training/selfplay/job.js';

const network = new Network(2, { width: 8, blocks: 1 });

function job(games: number[], onGame: SelfPlayJob['onGame'], changes: Partial<SelfPlayJob> = {}): SelfPlayJob {
  const search = searchSettings(4, { noise: true });
  return {
    network,
    weights: network.initialWeights(1),
    device: 'cpu',
    precision: 'int8',
    search,
    valueLambda: 0,
    parallel: 4,
    seed: 5,
    iteration: 2,
    games,
    onGame,
    ...changes,
  };
}

function pool(threads: number) {
  const workers = createWorkers(threads);
  onTestFinished(() => workers.destroy());
  return workers;
}

describe('actors', () => {
  test('two actors play each game once, and the same games as one actor', async () => {
    const numbers = Array.from({ length: 24 }, (_, i) => 100 + i);
    const played: FinishedGame[][] = [];
    for (const threads of [2, 1]) {
      const games: FinishedGame[] = [];
      const times = await selfPlay(
        pool(threads),
        job(numbers, (game) => games.push(game)),
      );
      expect(times.length).toBe(threads);
      games.sort((a, b) => a.number - b.number);
      expect(games.map(({ number }) => number)).toEqual(numbers);
      played.push(games);
    }
    expect(played[0]).toEqual(played[1]);
  });

  test('stop on an abort, also before they start', async () => {
    const workers = pool(2);
    const abortion = new AbortController();
    const games: FinishedGame[] = [];
    const many = Array.from({ length: 5000 }, (_, i) => i);
    const stopping = (game: FinishedGame) => {
      games.push(game);
      abortion.abort();
    };
    await selfPlay(workers, job(many, stopping, { signal: abortion.signal }));
    expect(games.length).toBeGreaterThan(0);
    expect(games.length).toBeLessThan(500);
    const before = games.length;
    await selfPlay(workers, job(many, stopping, { signal: abortion.signal }));
    expect(games.length).toBe(before);
  });

  test('an error in a worker rejects, and ends the other workers', async () => {
    const workers = pool(2);
    const wrong = job([1, 2, 3], () => {}, { weights: new Float32Array(7) });
    await expect(selfPlay(workers, wrong)).rejects.toThrow();
    // The pool can be used afterwards.
    const games: FinishedGame[] = [];
    await selfPlay(
      workers,
      job([1], (game) => games.push(game)),
    );
    expect(games.length).toBe(1);
  });

  test('an error of the callback for games rejects with that error', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => i);
    const failing = job(many, () => {
      throw new Error('the buffer is full');
    });
    await expect(selfPlay(pool(2), failing)).rejects.toThrow('the buffer is full');
  });
});
