/** Games for several players with known answers: each mover maximises its own utility. */
import { describe, expect, test } from 'vitest';
import { searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { UNIFORM } from './evaluators.js';
import { conclusion, searched, valuesOf } from './running.js';
import { Nim } from './toys/nim.js';

test('the player who takes the last stone, compared with values by hand', () => {
  // Two players: the one who faces 4 or 8 loses. Three: of 4 stones the first leaves at most 3, and the next takes them all;
  // of 5 the first prefers this end to leaving 4, after which the third player wins.
  expect(new Nim(2).winners(9)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0]);
  expect(new Nim(3).winners(5)).toEqual([2, 0, 0, 0, 1, 1]);
});

describe.each([2, 3, 4])('Nim for %i players', (players) => {
  const game = new Nim(players);
  const winners = game.winners(9);
  const utilities = (seat: number, winner: number) =>
    Array.from({ length: players }, (_, p) => {
      const behind = (((p - seat - winner - 1) % players) + players) % players;
      return Math.fround((2 * behind) / (players - 1) - 1);
    });

  test.each([0, 16])('is proved to its max^n values, %i considered', (considered) => {
    const settings = searchSettings(100_000, { considered, gumbel: { cVisit: 1, cScale: 0 } });
    for (let heap = 1; heap <= 9; heap++) {
      for (let seat = 0; seat < players; seat++) {
        const search = searched(game, { state: Int32Array.of(heap, seat), settings, evaluator: UNIFORM });
        expect(search.tree.proved[ROOT]).toBe(1);
        expect(valuesOf(search.tree, ROOT)).toEqual(utilities(seat, winners[heap]!));
      }
    }
  });

  test.each(['gumbel', 'puct'] as const)('%s converges to the max^n values with its default constants', (selection) => {
    for (let heap = 1; heap <= 9; heap++) {
      const settings = searchSettings(20_000, { selection, considered: 0 });
      const search = searched(game, { state: Int32Array.of(heap, 1), settings, evaluator: UNIFORM });
      const { action, values } = conclusion(search);
      const exact = utilities(1, winners[heap]!);
      values.forEach((value, p) => {
        expect(Math.abs(value - exact[p]!)).toBeLessThan(0.1);
      });
      // The move leaves the next player a heap with the result of the table.
      expect((winners[heap - action]! + 1) % players).toBe(winners[heap]);
    }
  });
});
