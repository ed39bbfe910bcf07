import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/game/random.js';
import { BOARD_SIZE, BOARDS, PHASE, PLAYING, WALL } from '../../../src/game/state.js';
import { CELLS } from '../../../src/game/wall.js';
import { AzulGame, marginValue } from '../../../src/mcts/azul.js';
import { searchSettings } from '../../../src/mcts/settings.js';
import { Encoder } from '../../../src/network/encoding.js';
import { Network } from '../../../src/network/network.js';
import { emptyBatch } from '../../../src/training/data/batch.js';
import { GameRecords } from '../../../src/training/data/gameRecords.js';
import { RecordDecoder, unpackSearch } from '../../../src/training/data/positionRecord.js';
import type { FinishedGame } from '../../../src/training/data/replayBuffer.js';
import { entropy, playGames } from '../../../src/training/selfplay/selfPlay.js';
import { HashEvaluator, playFake, valueVector } from '../helpers.js';

/** The state at the start of a record. */
function stateOf(game: AzulGame, record: Uint8Array): Int32Array {
  return new Int32Array(record.slice(0, 4 * game.stateSize).buffer);
}

test('λ-returns, compared with values by hand', () => {
  const game = new AzulGame(2);
  const of = (rank: number, margin: number) => ({ rank: [rank, -rank], margin: [margin, -margin] });
  const searches = [of(0.8, 0.4), of(0.1, 0.2), of(-0.5, 0.1)];
  const state = game.rules.start();
  game.applyChance(state, 0, new Random(1));
  const records = new GameRecords(game);
  for (const search of searches) records.add(state, valueVector(search), [], new Float64Array(0), 0);
  const returns = (lambda: number) =>
    records.finish({ ...of(-1, 0.5), walls: [0, 0] }, lambda).map((record) => {
      const { rank, margin } = unpackSearch(game, record).search;
      return [...rank, ...margin].map((value) => Number(value.toFixed(6)));
    });
  const both = (rank: number, margin: number) => [rank, -rank, margin, -margin];
  expect(returns(0)).toEqual([both(0.8, 0.4), both(0.1, 0.2), both(-0.5, 0.1)]);
  expect(returns(1)).toEqual(Array(3).fill(both(-1, 0.5)));
  // From the last one: (-0.5 - 1) / 2, (0.1 - 0.75) / 2, (0.8 - 0.325) / 2; (0.1 + 0.5) / 2, (0.2 + 0.3) / 2, (0.4 + 0.25) / 2.
  expect(returns(0.5)).toEqual([both(0.2375, 0.325), both(-0.325, 0.25), both(-0.75, 0.3)]);
});

test('entropy, compared with values by hand', () => {
  expect(entropy([1, 0], 2)).toBe(0);
  expect(entropy([0.25, 0.25, 0.25, 0.25], 4)).toBeCloseTo(Math.log(4), 12);
  expect(entropy([0.5, 0.5, 9], 2)).toBeCloseTo(Math.log(2), 12);
});

describe('self-play', () => {
  test('plays the same game for a seed and a number, whatever other games are played and in any order', async () => {
    const together = await playFake([0, 1, 2, 3, 4], { parallel: 3 });
    const backwards = await playFake([4, 3, 2, 1, 0], { parallel: 5 });
    const alone = [];
    for (const n of [0, 1, 2, 3, 4]) alone.push(...(await playFake([n], { parallel: 1 })));
    expect(backwards).toEqual(together);
    expect(alone).toEqual(together);
    expect(await playFake([0], { seed: 2 })).not.toEqual([together[0]]);
  });

  test('plays no game twice', async () => {
    const games = await playFake(
      Array.from({ length: 40 }, (_, i) => i),
      { parallel: 16 },
    );
    expect(games.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(new Set(games.map(({ records }) => records.map(String).join('|'))).size).toBe(40);
    expect(new Set(games.map(({ records }) => String(records[0]!.slice(0, 76)))).size).toBe(40);
  });

  test.each([2, 3, 4])('for %i players: records, outcomes and scores are consistent', async (players) => {
    const game = new AzulGame(players);
    const network = new Network(players, { width: 2, blocks: 0 });
    const decoder = new RecordDecoder(game, new Encoder(players));
    const batch = emptyBatch(network, 1);
    for (const { plies, rounds, scores, records, simulations, policyEntropy } of await playFake([0, 1, 2], {
      players,
    })) {
      const waits = records.filter((record) => stateOf(game, record)[PHASE] !== PLAYING).length;
      expect(waits).toBe(rounds - 1);
      expect(records.length).toBe(plies + waits);
      expect(simulations).toBeLessThanOrEqual(4 * plies);
      expect(simulations).toBeGreaterThanOrEqual(plies);
      let entropies = 0;
      for (const record of records) {
        decoder.decode(record, 0, batch, 0);
        entropies += entropy(batch.policy, batch.policy.length);
        const mover = game.mover(stateOf(game, record), 0);
        for (let seat = 0; seat < players; seat++) {
          const p = (mover + seat) % players;
          const others = scores.filter((_, q) => q !== p);
          const margin = scores[p]! - Math.max(...others);
          expect(batch.margin[seat]).toBeCloseTo(marginValue(margin), 6);
          // Ties in points are broken by rows, which the scores do not show.
          const low = others.reduce((sum, s) => sum + (scores[p]! > s ? 1 : -1), 0) / (players - 1);
          const high = others.reduce((sum, s) => sum + (scores[p]! >= s ? 1 : -1), 0) / (players - 1);
          expect(batch.outcome[seat]).toBeGreaterThanOrEqual(low - 1e-6);
          expect(batch.outcome[seat]).toBeLessThanOrEqual(high + 1e-6);
        }
        expect(batch.ownership.every((cell) => Math.abs(cell) === 1)).toBe(true);
        // A full row ends the game, and a tile on the wall stays there.
        const rows = Array.from({ length: 5 * players }, (_, row) => batch.ownership.subarray(5 * row, 5 * row + 5));
        expect(rows.some((row) => row.every((cell) => cell === 1))).toBe(true);
        const state = stateOf(game, record);
        for (let seat = 0; seat < players; seat++) {
          const wall = state[BOARDS + BOARD_SIZE * ((mover + seat) % players) + WALL]!;
          for (let cell = 0; cell < CELLS; cell++) {
            if ((wall >> cell) & 1) expect(batch.ownership[seat * CELLS + cell]).toBe(1);
          }
        }
        const values = [...batch.outcome];
        expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
      }
      expect(policyEntropy).toBeCloseTo(entropies / plies, 3);
    }
  });

  test('records the search values after the deal for the wait before it, and the positions of a game in order', async () => {
    const game = new AzulGame(2);
    const decoder = new RecordDecoder(game, new Encoder(2));
    const batch = emptyBatch(new Network(2, { width: 2, blocks: 0 }), 1);
    const [{ records }] = (await playFake([7])) as [FinishedGame];
    const searchValues = (record: Uint8Array): number[] => {
      decoder.decode(record, 1, batch, 0);
      const turned = game.mover(stateOf(game, record), 0) === 1;
      return turned ? [...batch.outcome].reverse() : [...batch.outcome];
    };
    records.forEach((record, i) => {
      if (stateOf(game, record)[PHASE] !== PLAYING) expect(searchValues(record)).toEqual(searchValues(records[i + 1]!));
    });
    expect(new Set(records.map((record) => String(stateOf(game, record)))).size).toBe(records.length);
  });

  test('fills its batches, counts its work, and stops on a signal', async () => {
    const evaluator = new HashEvaluator();
    const games: FinishedGame[] = [];
    let next = 0;
    const times = await playGames({
      game: new AzulGame(2),
      evaluator,
      search: searchSettings(4, { noise: true }),
      valueLambda: 0,
      parallel: 8,
      seed: 1,
      iteration: 3,
      nextGame: () => next++,
      stop: () => games.length >= 10,
      onGame: (game) => games.push(game),
    });
    expect(games.length).toBeGreaterThanOrEqual(10);
    expect(games.length).toBeLessThan(18);
    expect(next).toBe(games.length + 8);
    expect(games.every(({ iteration }) => iteration === 3)).toBe(true);
    expect(evaluator.widest).toBe(8);
    expect(times.evaluations).toBe(evaluator.evaluations);
    expect(times.evaluations / times.batches).toBeGreaterThan(6);
    expect(times.simulations).toBeGreaterThanOrEqual(games.reduce((sum, g) => sum + g.simulations, 0));
  });

  test('plays nothing without games to play', async () => {
    expect(await playFake([])).toEqual([]);
  });
});
