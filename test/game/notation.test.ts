import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMove, parsePosition, printMove, printPosition, startPosition } from '../../src/game/notation.js';
import { MARKER, pileOf } from '../../src/game/pile.js';
import { Rules } from '../../src/game/rules.js';
import { ROUND } from '../../src/game/state.js';
import { printPile } from '../../src/game/tileNotation.js';
import { playouts, steps } from './playouts.js';
import { writeTable } from './reference.js';

describe('positions', () => {
  test('parse to the state that play reaches, and print to the same text', () => {
    fc.assert(
      fc.property(playouts(150), (playout) => {
        for (const { after } of steps(playout)) {
          const text = writeTable(after);
          const position = parsePosition(text);
          expect(printPosition(position)).toBe(text);
          expect(parsePosition(printPosition(position)).state).toEqual(position.state);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('start with the text in the protocol', () => {
    expect(printPosition(startPosition(2))).toBe(
      '-/-/-/-/- - 0;-,-,-,-,-;...../...../...../...../.....;-|0;-,-,-,-,-;...../...../...../...../.....;- 0 0 20,20,20,20,20 0,0,0,0,0',
    );
    for (const players of [2, 3, 4]) {
      const start = startPosition(players);
      expect(parsePosition(printPosition(start))).toEqual(start);
    }
  });

  test('may be of any round: players who move only to the floor never end the game', () => {
    const text = printPosition(startPosition(2)).replace(' 0 0 20', ' 0 123456 20');
    const position = parsePosition(text);
    expect(position.state[ROUND]).toBe(123456);
    expect(printPosition(position)).toBe(text);
  });
});

describe('moves', () => {
  test.each([2, 3, 4])('of %d players print and parse back, all of them', (players) => {
    const rules = Rules.for(players);
    const texts = Array.from({ length: rules.actions }, (_, action) => printMove(rules, action));
    expect(texts.map((text) => parseMove(rules, text))).toEqual(texts.map((_, action) => action));
    expect(new Set(texts).size).toBe(rules.actions);
  });

  test('are source, colour and destination', () => {
    const rules = Rules.for(2);
    expect(parseMove(rules, '3B4')).toBe((2 * 5 + 0) * 6 + 3);
    expect(parseMove(rules, 'cRf')).toBe((5 * 5 + 2) * 6 + 5);
    expect(printMove(rules, 0)).toBe('1B1');
    expect(printMove(Rules.for(4), 299)).toBe('cWf');
  });
});

test('piles print the marker first and then their tiles in colour order', () => {
  expect(printPile(0)).toBe('-');
  expect(printPile(MARKER)).toBe('1');
  expect(printPile(MARKER + pileOf(4, 2) + pileOf(0, 1))).toBe('1BWW');
});
