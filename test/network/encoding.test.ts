import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalise } from '../../src/game/canonical.js';
import { type Position, parsePosition } from '../../src/game/notation.js';
import { countOf } from '../../src/game/pile.js';
import { Random } from '../../src/game/random.js';
import type { Rules } from '../../src/game/rules.js';
import {
  BOARD_SIZE,
  BOARDS,
  CENTRE as CENTRE_PILE,
  LINES,
  lineColour,
  lineCount,
  PHASE,
  PLAYING,
  TURN,
} from '../../src/game/state.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { Encoder } from '../../src/network/encoding.js';
import { playoutInputs } from '../../src/network/playout.js';
import { positionOf } from '../game/positions.js';
import { randomGame } from '../training/helpers.js';

function encode({ rules, state }: Position): number[] {
  const encoder = new Encoder(rules.players);
  const copy = state.slice();
  canonicalise(rules, copy, 0);
  const out = new Float32Array(encoder.inputs);
  encoder.encode(copy, 0, out, 0);
  return [...out];
}

const CENTRE = 5 * 20;
const BOARD = CENTRE + 36;
const SECOND = BOARD + 103;
const SUPPLY = SECOND + 103;
const GLOBALS = SUPPLY + 25;
const PROSPECTS = GLOBALS + 21;
const PLAYOUT = PROSPECTS + 2 * 80 + 21 + 10;

function legalActions(rules: Rules, state: Int32Array): Uint16Array {
  const actions = new Uint16Array(rules.actions);
  return actions.subarray(0, rules.legal(state, 0, actions));
}

/** Small fractions, rounded to 32-bit floats. */
const f = (value: number) => Math.fround(value);

const thermometer = (count: number, length: number) => Array.from({ length }, (_, i) => (i < count ? 1 : 0));

describe('a position written by hand', () => {
  const position = positionOf({
    factories: ['BBYW', 'KKKK'],
    centre: 'YRRRRRRR',
    boards: [
      { score: 12, wall: 'B..../...../...../...../.....', lines: '-,B2,R1,-,-', floor: '1BB' },
      { score: 30, wall: 'BYR.W/...../...../...../.....', lines: 'K1,-,-,W4,-' },
    ],
    turn: 0,
    round: 3,
    lid: '1,2,3,4,5',
  });
  const x = encode(position);

  test('factories: thermometers, the canonical order first', () => {
    const one = [...thermometer(2, 4), ...thermometer(1, 4), ...thermometer(0, 8), ...thermometer(1, 4)];
    const two = [...thermometer(0, 12), ...thermometer(4, 4), ...thermometer(0, 4)];
    expect(x.slice(0, 40).join()).toBe([...one, ...two].join());
    expect(x.slice(40, CENTRE).every((v) => v === 0)).toBe(true);
  });

  test('centre: thermometers to 6 with counts, and the marker when it lies there', () => {
    const none = Array(7).fill(0);
    const expected = [...none, ...thermometer(1, 6), f(0.05), ...thermometer(6, 6), f(0.35), ...none, ...none, 0];
    expect(x.slice(CENTRE, BOARD)).toEqual(expected);
    const fresh = encode(positionOf({ factories: ['BBBB'], centre: '1', boards: [{}, {}] }));
    expect(fresh.slice(CENTRE, BOARD)).toEqual([...Array(35).fill(0), 1]);
  });

  test("the mover's board", () => {
    const wall = thermometer(1, 25);
    const colours = Array(25).fill(0);
    colours[5 * 1 + 0] = 1;
    colours[5 * 2 + 2] = 1;
    const fills = [...thermometer(0, 1), ...thermometer(2, 2), ...thermometer(1, 3), ...thermometer(0, 9)];
    const floor = [...thermometer(3, 7), 1];
    // BB completes line 2. Its blue tile lies at column 1, not under the blue tile of row 1, and scores one point. Afterwards
    // an empty cell scores two beside one of the two blue tiles, two and two in the corners between them, and one elsewhere.
    const [one, two, four] = [f(1 / 5), f(2 / 5), f(4 / 5)];
    const cells = [
      ...[0, four, one, one, one],
      ...[four, 0, two, one, one],
      ...[one, two, one, one, one],
      ...Array(10).fill(one),
    ];
    const rest = [f(12 / 100), f(1 / 20), f(4 / 20), 0, 0];
    expect(x.slice(BOARD, SECOND)).toEqual([...wall, ...colours, ...fills, ...cells, ...floor, ...rest]);
  });

  test("the other's board, with a row that the round's end would complete", () => {
    const wall = [1, 1, 1, 0, 1, ...Array(20).fill(0)];
    const colours = Array(25).fill(0);
    colours[5 * 0 + 3] = 1;
    colours[5 * 3 + 4] = 1;
    const fills = [1, 0, 0, 0, 0, 0, ...thermometer(4, 4), 0, 0, 0, 0, 0];
    // Black completes row 1: five across. White of row 4 is alone: one more.
    const cells = [
      ...[0, 0, 0, 0, 0],
      ...[2, 2, 2, 2, 2],
      ...[1, 1, 2, 1, 1],
      ...[1, 2, 0, 2, 1],
      ...[1, 1, 2, 1, 1],
    ].map((points) => f(points / 5));
    const rest = [f(30 / 100), f(6 / 20), 0, f(2 / 50), 1];
    expect(x.slice(SECOND, SUPPLY)).toEqual([...wall, ...colours, ...fills, ...cells, ...Array(8).fill(0), ...rest]);
  });

  test('supply: factories by colour and count, and all available tiles', () => {
    const blue = [0, f(1 / 5), 0, 0, f(2 / 20)];
    const yellow = [f(1 / 5), 0, 0, 0, f(2 / 20)];
    const red = [0, 0, 0, 0, f(7 / 20)];
    const black = [0, 0, 0, f(1 / 5), f(4 / 20)];
    const white = [f(1 / 5), 0, 0, 0, f(1 / 20)];
    expect(x.slice(SUPPLY, GLOBALS)).toEqual([blue, yellow, red, black, white].flat());
  });

  test('bag, lid, round and the rest', () => {
    // Tiles of each colour elsewhere: on factories, centre, boards and in the lid.
    const elsewhere = [2 + 1 + 2 + 2 + 1 + 1, 1 + 1 + 1 + 2, 7 + 1 + 1 + 3, 4 + 1 + 4, 1 + 1 + 4 + 5];
    const bag = elsewhere.map((n) => f((20 - n) / 20));
    const lid = [1, 2, 3, 4, 5].map((n) => f(n / 20));
    expect(x.slice(GLOBALS, PROSPECTS)).toEqual([...bag, ...lid, ...thermometer(3, 7), 0, f(16 / 50), 0, f(18 / 50)]);
  });

  /** A row of 25 with ones in these places. */
  const cells = (...places: number[]) => Array.from({ length: 25 }, (_, i) => (places.includes(i) ? 1 : 0));
  const none = (length: number) => Array(length).fill(0);

  test("the mover's prospects", () => {
    // Available: 2 blue, 2 yellow one by one, 7 red, 4 black, 1 white. Line 2 is full; line 3 lacks 2 red.
    const fillable = cells(1, 2, 3, 4, 14, 15, 16, 21);
    const exact = cells(1, 4, 16);
    // Seven red tiles: five fit, and two join the three on the floor line, which then costs 8 points in place of 4.
    const cost = [0, 0, f(0.29), 0, 0];
    // Yellow in line 1 would lie beside both blue tiles.
    const points = [0, f(0.4), f(0.1), 0, 0];
    expect(x.slice(PROSPECTS, PROSPECTS + 80)).toEqual([
      ...fillable,
      ...none(15),
      ...exact,
      ...Array(5).fill(1),
      ...cost,
      ...points,
    ]);
  });

  test("the other's prospects, the lead and the groups", () => {
    const fillable = cells(6, 7, 8, 9, 10, 14, 21);
    const bonuses = [1, ...none(14)];
    const cost = [0, 0, f(0.14), 0, 0];
    const points = [0, 0, f(0.2), 0, 0];
    const board = [...fillable, ...bonuses, ...cells(6), ...Array(5).fill(1), ...cost, ...points];
    // 12 + 1 - 4 against 30 + 6 + 2.
    const lead = none(21);
    expect(x.slice(PROSPECTS + 80, PLAYOUT)).toEqual([...board, ...lead, ...thermometer(6, 10)]);
  });

  test('a position that waits for its deal is marked', () => {
    const board = '0;-,-,-,-,-;...../...../...../...../.....;-';
    const waiting = parsePosition(`-/-/-/-/- - ${board}|${board} 1 0 20,20,20,20,20 0,0,0,0,0`);
    const inputs = encode(waiting);
    expect(inputs.slice(GLOBALS, PROSPECTS)).toEqual([...Array(5).fill(1), ...Array(12).fill(0), 1, 0, 0, 0]);
    // No player is ahead, every line has room, and no tile is available.
    const board0 = [...Array(25 + 15 + 25).fill(0), ...Array(5).fill(1), ...Array(10).fill(0)];
    expect(inputs.slice(PROSPECTS, PLAYOUT)).toEqual([
      ...board0,
      ...board0,
      ...thermometer(11, 21),
      ...Array(10).fill(0),
    ]);
  });
});

/** The same position with every player in the next seat, and the turn too. */
function rotated({ rules, state }: Position): Position {
  const copy = state.slice();
  for (let p = 0; p < rules.players; p++) {
    const to = BOARDS + BOARD_SIZE * ((p + 1) % rules.players);
    copy.set(state.subarray(BOARDS + BOARD_SIZE * p, BOARDS + BOARD_SIZE * (p + 1)), to);
  }
  copy[TURN] = (state[TURN]! + 1) % rules.players;
  return { rules, state: copy };
}

const positions = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([players, seed, part]) => {
    const game = new AzulGame(players);
    const all = randomGame(game, new Random(seed));
    return { rules: game.rules, state: all[Math.floor(part * all.length)]! };
  });

describe('every position', () => {
  test.each([
    [2, 630],
    [3, 857],
    [4, 1084],
  ])('of %i players has %i inputs', (players, inputs) => {
    expect(new Encoder(players).inputs).toBe(inputs);
  });

  test('has the takes that fill a line of the mover without dropping a tile', () => {
    fc.assert(
      fc.property(positions, ({ rules, state }) => {
        const copy = state.slice();
        canonicalise(rules, copy, 0);
        const from = new Encoder(rules.players).inputs - playoutInputs(rules.players) - 31 - 80 * rules.players + 40;
        const exact = encode({ rules, state }).slice(from, from + 25);
        const expected = new Set<number>();
        for (const action of copy[PHASE] === PLAYING ? legalActions(rules, copy) : []) {
          const after = copy.slice();
          rules.take(after, 0, action);
          const board = BOARDS + BOARD_SIZE * copy[TURN]!;
          const row = action % 6;
          if (row === 5) continue;
          const source = Math.floor(action / 30);
          const pile = copy[source === rules.factories ? CENTRE_PILE : rules.firstFactory + source]!;
          const laid = lineCount(after[board + LINES]!, row) - lineCount(copy[board + LINES]!, row);
          if (laid < countOf(pile, Math.floor(action / 6) % 5)) continue;
          const lines = after[board + LINES]!;
          if (lineCount(lines, row) === row + 1) expected.add(5 * row + ((lineColour(lines, row) + row) % 5));
        }
        expect(exact.flatMap((is, cell) => (is ? [cell] : []))).toEqual([...expected].sort((a, b) => a - b));
      }),
    );
  });

  test('has the same inputs from every seat', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(encode(rotated(position))).toEqual(encode(position));
      }),
    );
  });

  test('has the same inputs with its factories renumbered', () => {
    fc.assert(
      fc.property(positions, fc.infiniteStream(fc.nat()), (position, swaps) => {
        const { rules, state } = position;
        const shuffled = state.slice();
        const factories = shuffled.subarray(rules.firstFactory, rules.firstFactory + rules.factories);
        for (let i = factories.length - 1; i > 0; i--) {
          const j = (swaps.next().value as number) % (i + 1);
          [factories[i], factories[j]] = [factories[j]!, factories[i]!];
        }
        expect(encode({ rules, state: shuffled })).toEqual(encode(position));
      }),
    );
  });

  test('gives whole hundredths from 0 to 1.27, and nothing is written outside the row', () => {
    for (const players of [2, 3, 4]) {
      const game = new AzulGame(players);
      const encoder = new Encoder(players);
      const random = new Random(players);
      const out = new Float32Array(encoder.inputs + 20);
      for (let n = 0; n < 20; n++) {
        for (const state of randomGame(game, random)) {
          const shifted = new Int32Array(state.length + 3);
          shifted.set(state, 3);
          out.fill(77);
          encoder.encode(shifted, 3, out, 10);
          const row = out.subarray(10, 10 + encoder.inputs);
          const isHundredth = (v: number) => Math.abs(100 * v - Math.round(100 * v)) < 1e-4;
          expect(row.every((v) => v >= 0 && v < 1.275 && isHundredth(v))).toBe(true);
          expect(out.subarray(0, 10).every((v) => v === 77)).toBe(true);
          expect(out.subarray(10 + encoder.inputs).every((v) => v === 77)).toBe(true);
        }
      }
    }
  });
});
