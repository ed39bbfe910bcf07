import { describe, expect, it } from 'vitest';
import { GreedyPlayer, RandomPlayer } from '../../src/arena/baselines.js';
import { type GameRecord, type MatchOptions, playMatch, seating } from '../../src/arena/match.js';
import type { Player } from '../../src/arena/player.js';
import { applyToken, startPosition } from '../../src/game/notation.js';
import { OVER, PHASE } from '../../src/game/state.js';

const base = { seats: 2, contestants: [new RandomPlayer(), new GreedyPlayer()], seed: 7, from: 0, to: 5 };

function dealsOf(game: GameRecord): string[] {
  return game.tokens.filter((token) => token.startsWith('='));
}

describe('seating', () => {
  it('rotates the contestants when there is one for each seat', () => {
    expect([0, 1].map((rotation) => seating(2, 2, rotation))).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect([0, 1, 2].map((rotation) => seating(3, 3, rotation))).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]);
  });

  it('gives one of two contestants a single seat at a larger table', () => {
    expect(seating(4, 2, 2)).toEqual([1, 1, 0, 1]);
  });
});

describe('playMatch', () => {
  it.each([
    [2, 2],
    [3, 2],
    [3, 3],
    [4, 2],
    [4, 4],
  ])('at %i seats, %i contestants, writes games that replay to their result', async (seats, contestants) => {
    const players = Array.from({ length: contestants }, () => new GreedyPlayer());
    const games = await playMatch({ ...base, seats, contestants: players, to: 2 });
    expect(games.map((game) => [game.pair, game.rotation])).toEqual(
      [0, 1].flatMap((pair) => Array.from({ length: seats }, (_, rotation) => [pair, rotation])),
    );
    for (const game of games) {
      const position = startPosition(seats);
      for (const token of game.tokens) applyToken(position, token);
      expect(position.state[PHASE]).toBe(OVER);
      expect(game.plies).toBe(game.tokens.length - dealsOf(game).length);
      const standings = game.seats.map((_, seat) => position.rules.standing(position.state, 0, seat));
      expect(game.scores).toEqual(standings.map((standing) => standing >> 3));
      const winners = position.rules.winners(position.state, 0);
      expect(game.ranks.map((rank) => rank === 1)).toEqual(game.seats.map((_, seat) => ((winners >> seat) & 1) === 1));
    }
  });

  it('deals the same to both games of a pair and to every pairing, and differently to every pair', async () => {
    const games = await playMatch(base);
    const others = await playMatch({ ...base, contestants: [new GreedyPlayer(), new GreedyPlayer()] });
    // The contents of the bag are the same in every 2-player game for its first five rounds.
    const firstRounds = [...games, ...others].map((game) => dealsOf(game).slice(0, 5).join(' '));
    expect(new Set(firstRounds).size).toBe(5);
    for (let i = 0; i < 10; i++) expect(firstRounds[i]).toBe(firstRounds[i - (i % 2)]);
    expect(firstRounds.slice(10).map((deals) => deals.slice(0, 50))).toEqual(
      firstRounds.slice(0, 10).map((deals) => deals.slice(0, 50)),
    );
  });

  it('is reproduced by its seed, and ranges of pairs have the same deals', async () => {
    const games = await playMatch(base);
    expect(await playMatch(base)).toEqual(games);
    const late = await playMatch({ ...base, from: 3 });
    expect(late.map((game) => game.tokens[0])).toEqual(games.slice(6).map((game) => game.tokens[0]));
  });

  it('passes all waiting positions to a player in one call', async () => {
    const sizes: number[] = [];
    const random = new RandomPlayer();
    const counting: Player = {
      name: 'counting',
      choose: (positions, stream) => {
        sizes.push(positions.length);
        return random.choose(positions, stream);
      },
    };
    await playMatch({ ...base, contestants: [counting, random], to: 8, sideBySide: 6 });
    expect(sizes[0]).toBe(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6);
    const asked = sizes.reduce((sum, size) => sum + size, 0);
    expect(asked / sizes.length).toBeGreaterThan(2);
  });

  it('reports games and progress as they come', async () => {
    const games: GameRecord[] = [];
    const progress: number[] = [];
    const result = await playMatch({
      ...base,
      onGame: (game) => games.push(game),
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(new Set(games)).toEqual(new Set(result));
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('ends on its signal', async () => {
    expect(await playMatch({ ...base, signal: AbortSignal.abort() })).toEqual([]);
  });

  it('an illegal action loses the game at once', async () => {
    const illegal: Player = { name: 'illegal', choose: async (positions) => positions.map(() => -1) };
    const games = await playMatch({ ...base, contestants: [illegal, new GreedyPlayer()], to: 1 });
    expect(games.map(({ forfeit, ranks, plies }) => ({ forfeit, ranks, plies }))).toEqual([
      { forfeit: 0, ranks: [2, 1], plies: 0 },
      { forfeit: 1, ranks: [1, 2], plies: 1 },
    ]);
  });

  it.each<[Partial<MatchOptions>, string]>([
    [{ seats: 5 }, 'seats'],
    [{ seats: 3, contestants: [new RandomPlayer()] }, 'contestants'],
    [{ to: 0 }, 'pairs'],
    [{ sideBySide: 0 }, 'sideBySide'],
  ])('refuses %o', async (wrong, message) => {
    await expect(playMatch({ ...base, ...wrong })).rejects.toThrow(message);
  });
});
