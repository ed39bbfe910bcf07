/** Last rounds solved by alpha-beta, compared with exhaustive search by the rules. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOARD_SIZE, BOARDS, SCORE } from '../../src/game/state.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { Endgame } from '../../src/mcts/endgame.js';
import { DECISION } from '../../src/mcts/game.js';
import { searchSettings } from '../../src/mcts/settings.js';
import { ROOT } from '../../src/mcts/tree.js';
import { positionOf } from '../game/positions.js';
import { after, endings, minimax } from './endings.js';
import { UNIFORM } from './evaluators.js';
import { checkSearch } from './invariants.js';
import { conclusion, range, searched, valuesOf } from './running.js';

const game = new AzulGame(2);
const { rules } = game;
const positions = endings(2, 9, 200);

function solved(state: Int32Array): number[] {
  const values = new Float32Array(game.valueSize);
  expect(new AzulGame(2).solve(state, 0, 100, values, 0)).toBe(true);
  return [...values];
}

test('positions of up to nine tiles have the value of exhaustive search', () => {
  for (const state of positions) {
    const [first, second, lead, trail] = solved(state);
    expect(first).toBe(minimax(game, state));
    expect([second, trail]).toEqual([0 - first!, 0 - lead!]);
  }
});

test('results of earlier positions change no answer', () => {
  const endgame = new Endgame(rules);
  for (const state of [...positions, ...positions]) {
    expect(endgame.solve(state, 0)).toBe(new Endgame(rules).solve(state, 0));
  }
});

test('for any scores, points decide first and complete rows break ties', () => {
  const score = fc.integer({ min: 0, max: 240 });
  fc.assert(
    fc.property(fc.constantFrom(...endings(2, 5, 60)), score, score, (position, own, other) => {
      const state = position.slice();
      state[BOARDS + SCORE] = own;
      state[BOARDS + BOARD_SIZE + SCORE] = other;
      expect(solved(state)[0]).toBe(minimax(game, state));
    }),
    { numRuns: 300 },
  );
});

describe('the size of a last round', () => {
  const sizeWith = (lines: string) => {
    const wall = 'BYRK./...../...../...../.....';
    const { state } = positionOf({ centre: 'BR', boards: [{ wall, lines, floor: '1' }, {}] });
    return new Endgame(rules).size(state, 0);
  };

  test('is the number of groups, or a third of the mean number of moves if that is larger', () => {
    for (const state of positions) {
      const moves = (turn: number) => {
        const turned = state.slice();
        turned[0] = turn;
        return rules.countLegal(turned, 0);
      };
      const piles = range(rules.firstFactory, state.length).map((i) => state[i]!);
      const groups = [state[3]!, ...piles].flatMap((pile) => range(0, 5).filter((k) => (pile >> (5 * k)) & 31)).length;
      expect(new Endgame(rules).size(state, 0)).toBeCloseTo(Math.max(groups, (moves(0) + moves(1)) / 6), 9);
    }
  });

  test('is infinite while another round may follow', () => {
    // Both colours can go to five places of one board and to six of the other.
    expect(sizeWith('W1,-,-,-,-')).toBe(22 / 6);
    expect(sizeWith('-,-,-,-,-')).toBe(Infinity);
    expect(sizeWith('-,B2,-,-,-')).toBe(Infinity);
  });
});

test('nothing is solved for other numbers of players', () => {
  const three = new AzulGame(3);
  const values = new Float32Array(three.valueSize);
  for (const state of endings(3, 3, 5)) expect(three.solve(state, 0, 100, values, 0)).toBe(false);
});

test('best moves keep the value of a position, to the end', () => {
  for (const position of positions) {
    const state = position.slice();
    while (game.kind(state, 0) === DECISION) {
      const worth = solved(state)[0];
      game.apply(state, 0, game.solution(state, 0));
      expect(game.kind(state, 0) === DECISION ? solved(state)[0] : minimax(game, state)).toBe(worth);
    }
  }
});

describe('in a search', () => {
  const small = positions.filter((state) => new Endgame(rules).size(state, 0) <= 7);

  test('a position whose moves are all solved is proved by one simulation of each move', () => {
    for (const state of small) {
      const search = searched(game, { state, settings: searchSettings(400, { considered: 300 }), evaluator: UNIFORM });
      expect(search.tree.proved[ROOT]).toBe(1);
      expect(search.started).toBeLessThanOrEqual(search.tree.edgeCount[ROOT]!);
      expect(valuesOf(search.tree, ROOT)[0]).toBe(minimax(game, state));
      expect(minimax(game, after(game, state, conclusion(search).action))).toBe(minimax(game, state));
      checkSearch(search, { deals: 16, rootByPrior: false });
    }
  });

  test('larger positions are solved after enough simulations have visited them', () => {
    const some = small.slice(0, 40);
    let proved = 0;
    for (const state of some) {
      const nodes = [0, 1, 2].map((endgame) => {
        const settings = searchSettings(150, { endgame, considered: 0 });
        const search = searched(game, { state, settings, evaluator: UNIFORM });
        checkSearch(search, { deals: 16, rootByPrior: true });
        proved += search.tree.proved[ROOT]!;
        if (search.tree.proved[ROOT]) expect(valuesOf(search.tree, ROOT)[0]).toBe(minimax(game, state));
        return search.tree.nodes;
      });
      expect(nodes[1]).toBeLessThanOrEqual(nodes[0]!);
    }
    expect(proved).toBeGreaterThan(some.length);
  });
});
