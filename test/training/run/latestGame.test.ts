import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseGames, positionsOf } from '../../../src/arena/record.js';
import { canonicalise } from '../../../src/game/canonical.js';
import { applyToken } from '../../../src/game/notation.js';
import { AzulGame, marginPoints } from '../../../src/mcts/azul.js';
import { unpackSearch } from '../../../src/training/data/positionRecord.js';
import { LatestGame, readLatestGame, watchedGame } from '../../../src/training/run/latestGame.js';
import { playFake, temporaryFolder } from '../helpers.js';

const SEED = 5;

describe.each([2, 3, 4])('a watched self-play game of %i players', (players) => {
  const azul = new AzulGame(players);

  test('is the game that was played: positions, moves, scores', async () => {
    for (const game of await playFake([0, 1, 7], { players, seed: SEED })) {
      const [recorded] = parseGames(watchedGame(game, players, SEED).record);
      expect(recorded!.finished).toBe(true);
      expect(recorded!.scores).toEqual(game.scores);
      expect(recorded!.tokens.filter((token) => !token.startsWith('='))).toHaveLength(game.plies);
      const positions = [...positionsOf(recorded!)].slice(1, -1);
      for (const { rules, state } of positions) canonicalise(rules, state, 0);
      const stored = game.records.map((record) => unpackSearch(azul, record).state);
      expect(positions.map(({ state }) => [...state])).toEqual(stored.map((state) => [...state]));
    }
  });

  test('has the search numbers before each move', async () => {
    const [game] = await playFake([3], { players, seed: SEED });
    const { record, searches } = watchedGame(game!, players, SEED);
    const [recorded] = parseGames(record);
    expect(searches).toHaveLength(recorded!.tokens.length);
    const positions = [...positionsOf(recorded!)];
    // The buffer does not store the first deal of a game as a position.
    const stored = [undefined, ...game!.records.map((bytes) => unpackSearch(azul, bytes))];
    for (const [i, numbers] of searches.entries()) {
      expect(numbers === null).toBe(recorded!.tokens[i]!.startsWith('='));
      if (!numbers) continue;
      const { search, probabilities } = stored[i]!;
      numbers.value.forEach((value, seat) => {
        expect(value).toBeCloseTo(search.rank[seat]!, 2);
        expect(numbers.margin[seat]).toBeCloseTo(marginPoints(search.margin[seat]!), 0);
      });
      const chances = numbers.policy.map(([, probability]) => probability);
      expect(chances).toEqual(chances.toSorted((a, b) => b - a));
      expect(chances[0]).toBeCloseTo(Math.max(...probabilities) / probabilities.reduce((a, b) => a + b), 3);
      for (const [move] of numbers.policy) {
        const { rules, state } = positions[i]!;
        expect(() => applyToken({ rules, state: state.slice() }, move)).not.toThrow();
      }
    }
  });

  test('has the numbers of each search alone, whatever value targets the records hold', async () => {
    const [own] = await playFake([3], { players, seed: SEED });
    const [returns] = await playFake([3], { players, seed: SEED, valueLambda: 0.9 });
    expect(returns!.records).not.toEqual(own!.records);
    expect(watchedGame(returns!, players, SEED)).toEqual(watchedGame(own!, players, SEED));
  });

  test('has no numbers where the search was not kept', async () => {
    const [game] = await playFake([3], { players, seed: SEED });
    const all = watchedGame(game!, players, SEED);
    const records = game!.records.filter((_, i) => i % 4 === 0);
    const some = watchedGame({ ...game!, records }, players, SEED);
    expect(some.record).toBe(all.record);
    const kept = some.searches.filter((numbers) => numbers !== null);
    expect(kept.length).toBeGreaterThan(3);
    some.searches.forEach((numbers, i) => {
      if (numbers) expect(numbers).toEqual(all.searches[i]);
    });
  });
});

test('the file holds one whole game, and only some games are written', async () => {
  const folder = temporaryFolder();
  const latest = new LatestGame(join(folder, 'latest-game.json'), 2, SEED);
  const games = await playFake([0, 1], { seed: SEED });
  for (const game of games) latest.offer(game);
  expect(readdirSync(folder)).toEqual(['latest-game.json']);
  expect(readLatestGame(latest.path)).toEqual(watchedGame(games[0]!, 2, SEED));
});

test('damage anywhere in the file is detected, and a file of a version without checksums is read', async () => {
  const path = join(temporaryFolder(), 'latest-game.json');
  expect(readLatestGame(path)).toBeNull();
  const [game] = await playFake([0], { seed: SEED });
  const watched = watchedGame(game!, 2, SEED);
  writeFileSync(path, `\uFEFF${JSON.stringify(watched)}`);
  expect(readLatestGame(path)).toEqual(watched);
  new LatestGame(path, 2, SEED).offer(game!);
  const text = readFileSync(path, 'utf8');
  for (const damaged of [
    text.slice(0, -10),
    text.replace('3B', '3Y'),
    text.replace('"iteration": 1', '"iteration": 3'),
  ]) {
    expect(damaged).not.toBe(text);
    writeFileSync(path, damaged);
    expect(readLatestGame(path)).toBeUndefined();
  }
});

test('a file that can’t be written does not stop the run', async () => {
  const [game] = await playFake([0], { seed: SEED });
  const path = join(temporaryFolder(), 'gone', 'latest-game.json');
  new LatestGame(path, 2, SEED).offer(game!);
  expect(existsSync(path)).toBe(false);
});
