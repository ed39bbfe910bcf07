import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyToken, parseDeal, parsePosition, printDeal, printPosition } from '../../src/game/notation.js';
import { countOf, FACTORY_TILES, pileOf } from '../../src/game/pile.js';
import { Random } from '../../src/game/random.js';
import { Rules } from '../../src/game/rules.js';
import { BAG, DEAL_DUE, LID, PHASE } from '../../src/game/state.js';
import { type Playout, playouts, steps } from './playouts.js';
import { positionOf } from './positions.js';
import { only, played, readTable, type Table, writeTable } from './reference.js';

/** The tables of a playout that wait for a deal. */
function dealsDue(playout: Playout): Table[] {
  return [...steps(playout)].filter(({ token }) => token.startsWith('=')).map(({ before }) => before);
}

const HOARDERS = { habit: 'fills lines, completes no row', clumping: 'none' } as const;

describe('a random deal', () => {
  test('is reproduced by its text', () => {
    fc.assert(
      fc.property(playouts(120), fc.nat(), (playout, seed) => {
        for (const table of dealsDue(playout)) {
          const { rules, state } = parsePosition(writeTable(table));
          rules.deal(state, 0, new Random(seed));
          const text = printDeal(rules, state);
          const repeated = parsePosition(writeTable(table));
          applyToken(repeated, text);
          expect(repeated.state).toEqual(state);
          expect(printPosition({ rules, state })).toBe(writeTable(played(table, text)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("puts the bag's last tiles into the first factories", () => {
    fc.assert(
      fc.property(playouts(120), fc.nat(), (playout, seed) => {
        for (const table of dealsDue(playout)) {
          const { rules, state } = parsePosition(writeTable(table));
          const piles = rules.factories * FACTORY_TILES;
          if (table.bag.length === 0 || table.bag.length >= piles) continue;
          rules.deal(state, 0, new Random(seed));
          const factories = readTable(printPosition({ rules, state })).factories;
          const fromBag = factories.slice(0, Math.floor(table.bag.length / FACTORY_TILES)).join('');
          for (const colour of 'BYRKW') {
            expect(only(fromBag, colour).length).toBeLessThanOrEqual(only(table.bag, colour).length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('fills the factories in order when there are too few tiles', () => {
    const short = fc
      .sample(fc.nat(), { numRuns: 30, seed: 1 })
      .flatMap((seed) =>
        dealsDue({ players: 4, seed, plies: 400, ...HOARDERS }).filter((t) => t.bag.length + t.lid.length < 36),
      );
    expect(short.length).toBeGreaterThan(0);
    for (const table of short) {
      const { rules, state } = parsePosition(writeTable(table));
      rules.deal(state, 0, new Random(1));
      const left = table.bag.length + table.lid.length;
      const sizes = readTable(printPosition({ rules, state })).factories.map((factory) => factory.length);
      expect(sizes).toEqual(sizes.map((_, i) => Math.min(4, Math.max(0, left - 4 * i))));
      expect([state[BAG], state[LID]]).toEqual([0, 0]);
    }
  });

  test('draws every tile of the bag with equal chance', () => {
    const rules = Rules.for(2);
    const random = new Random(5);
    const first = [0, 0, 0, 0, 0];
    const deals = 8000;
    for (let i = 0; i < deals; i++) {
      const state = rules.start();
      state[BAG] = pileOf(0, 20) + pileOf(1, 10) + pileOf(2, 5) + pileOf(3, 5);
      rules.deal(state, 0, random);
      for (let colour = 0; colour < 5; colour++) first[colour]! += countOf(state[rules.firstFactory]!, colour);
    }
    const shares = first.map((count) => count / (4 * deals));
    expect(Math.abs(shares[0]! - 1 / 2)).toBeLessThan(0.01);
    expect(Math.abs(shares[1]! - 1 / 4)).toBeLessThan(0.01);
    expect(Math.abs(shares[2]! - 1 / 8)).toBeLessThan(0.01);
    expect(Math.abs(shares[3]! - 1 / 8)).toBeLessThan(0.01);
    expect(shares[4]).toBe(0);
  });
});

describe('a deal given as text', () => {
  const due = { boards: [{}, {}], round: 5, turn: 1 };

  test('starts the round: the marker in the centre, and the tiles taken from the bag', () => {
    const position = positionOf(due);
    applyToken(position, '=BBYK/RRWW/BYKK/YYRW/BRKW');
    const [factories, centre, , turn, round, bag, lid] = printPosition(position).split(' ');
    expect([factories, centre]).toEqual(['BBYK/RRWW/BYKK/YYRW/BRKW', '1']);
    expect([turn, round, bag, lid]).toEqual(['1', '6', '16,16,16,16,16', '0,0,0,0,0']);
  });

  test('moves the lid into the bag when the bag becomes empty during the deal', () => {
    const position = positionOf({ ...due, lid: '18,20,20,20,20' });
    applyToken(position, '=BBYK/RRWW/BYKK/YYRW/BRKW');
    expect(printPosition(position)).toMatch(/ 16,16,16,16,16 0,0,0,0,0$/);
  });

  test('does not move the lid when it takes exactly the last tile of the bag', () => {
    const position = positionOf({ ...due, lid: '16,16,16,16,16' });
    applyToken(position, '=BBYK/RRWW/BYKK/YYRW/BRKW');
    expect(printPosition(position)).toMatch(/ 0,0,0,0,0 16,16,16,16,16$/);
    expect(position.state[PHASE]).not.toBe(DEAL_DUE);
  });

  test('has one pile for each factory', () => {
    expect(parseDeal(Rules.for(2), '=BBYK/-/RRR/-/W')).toEqual([
      pileOf(0, 2) + pileOf(1, 1) + pileOf(3, 1),
      0,
      pileOf(2, 3),
      0,
      pileOf(4, 1),
    ]);
  });
});
