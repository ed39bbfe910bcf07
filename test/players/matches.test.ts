import { expect, onTestFinished, test } from 'vitest';
import type { GameRecord } from '../../src/arena/match.js';
import { type MatchJob, playMatchOn } from '../../src/players/matches.js';
import { createWorkers } from '../../src/players/workers.js';

const JOB: MatchJob = { seats: 2, contestants: ['rollouts:sims=4', 'random'], pairs: 12, seed: 5 };

async function play(threads: number, changes: Partial<MatchJob> = {}): Promise<GameRecord[]> {
  const workers = createWorkers(threads);
  onTestFinished(() => workers.destroy());
  return playMatchOn(workers, { ...JOB, ...changes });
}

test('the games of a match are the same on any number of workers', async () => {
  const games = await play(1);
  expect(games.map(({ pair, rotation }) => 2 * pair + rotation)).toEqual(Array.from({ length: 24 }, (_, n) => n));
  expect(await play(3)).toEqual(games);
});

test('games are reported as they end, and games to skip are not played', async () => {
  const told: GameRecord[] = [];
  const skip = new Set([0, 3, 4, 5, 23]);
  const games = await play(2, { skip, onGame: (game) => told.push(game) });
  expect(games.map(({ pair, rotation }) => 2 * pair + rotation)).toEqual(
    Array.from({ length: 24 }, (_, n) => n).filter((n) => !skip.has(n)),
  );
  expect(new Set(told)).toEqual(new Set(games));
});

test('an error of the callback for games fails the match', async () => {
  const full = () => {
    throw new Error('no room');
  };
  await expect(play(2, { onGame: full })).rejects.toThrow('no room');
});
