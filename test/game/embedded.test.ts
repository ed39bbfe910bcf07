/** A position may start at any offset of a larger array, and nothing outside it is read or written. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePosition } from '../../src/game/notation.js';
import { Random } from '../../src/game/random.js';
import { DEAL_DUE, PHASE } from '../../src/game/state.js';
import { endOf, playouts } from './playouts.js';
import { legalActions } from './positions.js';
import { writeTable } from './reference.js';

const NOISE = -1;

function embedded(state: Int32Array, at: number): Int32Array {
  const array = new Int32Array(at + state.length + 7).fill(NOISE);
  array.set(state, at);
  return array;
}

const positions = playouts(150).map((playout) => parsePosition(writeTable(endOf(playout))));
const offsets = fc.integer({ min: 1, max: 60 });

test('the rules give the same answers about a position at any offset', () => {
  fc.assert(
    fc.property(positions, offsets, ({ rules, state }, at) => {
      const array = embedded(state, at);
      const out = new Uint16Array(rules.actions);
      const n = rules.legal(array, at, out);
      expect([...out.subarray(0, n)]).toEqual(legalActions(rules, state));
      expect(rules.countLegal(array, at)).toBe(n);
      expect(rules.winners(array, at)).toBe(rules.winners(state, 0));
      expect(rules.roundIsOver(array, at)).toBe(rules.roundIsOver(state, 0));
      expect(out.subarray(0, n).every((action) => rules.isLegal(array, at, action))).toBe(true);
      expect(array).toEqual(embedded(state, at));
    }),
    { numRuns: 60 },
  );
});

test('moves and deals change it in the same way, and nothing around it', () => {
  fc.assert(
    fc.property(positions, offsets, ({ rules, state }, at) => {
      for (const action of legalActions(rules, state)) {
        const array = embedded(state, at);
        const alone = state.slice();
        rules.apply(array, at, action);
        rules.apply(alone, 0, action);
        expect(array).toEqual(embedded(alone, at));
      }
      if (state[PHASE] !== DEAL_DUE) return;
      const array = embedded(state, at);
      const alone = state.slice();
      rules.deal(array, at, new Random(1));
      rules.deal(alone, 0, new Random(1));
      expect(array).toEqual(embedded(alone, at));
    }),
    { numRuns: 60 },
  );
});

test('a move takes the tiles, and then ends the round if it was the last one', () => {
  fc.assert(
    fc.property(positions, ({ rules, state }) => {
      for (const action of legalActions(rules, state)) {
        const applied = state.slice();
        const taken = state.slice();
        rules.apply(applied, 0, action);
        rules.take(taken, 0, action);
        if (rules.roundIsOver(taken, 0)) rules.endRound(taken, 0);
        expect(taken).toEqual(applied);
      }
    }),
    { numRuns: 30 },
  );
});
