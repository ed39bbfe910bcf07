import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Position } from '../../src/game/notation.js';
import { countOf, MARKER, sizeOf } from '../../src/game/pile.js';
import { Random } from '../../src/game/random.js';
import {
  BOARD_SIZE,
  BOARDS,
  CENTRE,
  FLOOR,
  LINES,
  lineColour,
  lineCount,
  OVER,
  PHASE,
  PLAYING,
  ROUND,
  TURN,
  WALL,
} from '../../src/game/state.js';
import { cellOf, completeRows, placementScore } from '../../src/game/wall.js';
import { AzulGame } from '../../src/mcts/azul.js';
import { Playout, playoutInputs } from '../../src/network/playout.js';
import { positionOf } from '../game/positions.js';
import { randomGame } from '../training/helpers.js';

function encode({ rules, state }: Position): number[] {
  const out = new Float32Array(playoutInputs(rules.players));
  new Playout(rules).encode(state, 0, out, 0);
  return [...out];
}

const LEADS = [-20, -15, -11, -8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20];
const leadInputs = (lead: number) => LEADS.map((least) => (lead >= least ? 1 : 0));
const FLOOR_COST = [0, 1, 2, 4, 6, 8, 11, 14];
const costOf = (tiles: number) => FLOOR_COST[Math.min(7, tiles)]!;

/** The result of the same playout by the rules: every legal move is tried, and the last of the best is played. */
function expected({ rules, state }: Position): number[] {
  const players = rules.players;
  const now = state.slice();
  const order = Array.from({ length: players }, (_, seat) => (state[TURN]! + seat) % players);
  const board = (player: number) => BOARDS + BOARD_SIZE * player;
  const walls = Array.from({ length: players }, (_, player) => {
    let wall = state[board(player) + WALL]!;
    const lines = state[board(player) + LINES]!;
    for (let row = 0; row < 5; row++)
      if (lineCount(lines, row) === row + 1) wall |= cellOf(row, lineColour(lines, row));
    return wall;
  });
  const onFloor = (player: number) => sizeOf(now[board(player) + FLOOR]!) + (now[board(player) + FLOOR]! >> 25);
  const legal = new Uint16Array(rules.actions);
  while (now[PHASE] === PLAYING && !rules.roundIsOver(now, 0)) {
    const player = now[TURN]!;
    let best = -Infinity;
    let choice = 0;
    for (const action of legal.subarray(0, rules.legal(now, 0, legal))) {
      const [source, colour, row] = [Math.floor(action / 30), Math.floor(action / 6) % 5, action % 6];
      const inCentre = source === rules.factories;
      const count = countOf(now[inCentre ? CENTRE : rules.firstFactory + source]!, colour);
      const marker = inCentre && (now[CENTRE]! & MARKER) !== 0 ? 1 : 0;
      const room = row === 5 ? 0 : row + 1 - lineCount(now[board(player) + LINES]!, row);
      const points = row === 5 ? 0 : placementScore(walls[player]!, row, (colour + row) % 5);
      const laid = count >= room ? points : (points * count) / (5 * (row + 1));
      const value = laid + 1.5 * marker - costOf(onFloor(player) + marker + Math.max(0, count - room));
      if (value < best - 1e-9) continue;
      best = value;
      choice = action;
    }
    rules.take(now, 0, choice);
  }
  const markerAt = order.map((player) => (now[board(player) + FLOOR]! & MARKER ? 1 : 0));
  if (now[PHASE] === PLAYING) rules.endRound(now, 0);
  const scores = order.map((player) => rules.score(now, 0, player));
  if (now[PHASE] !== OVER) rules.payBonuses(now, 0);
  const finals = order.map((player) => rules.score(now, 0, player));
  const rows = order.map((player) => (completeRows(now[board(player) + WALL]!) > 0 ? 1 : 0));
  // The scores of a finished game include its bonuses. Without them they show what the round itself gained.
  const bare =
    now[PHASE] === OVER ? scores.map((score, seat) => score - bonusOf(now[board(order[seat]!) + WALL]!)) : scores;
  return [
    ...order.flatMap((player, seat) => {
      const gained = Math.max(0, bare[seat]! - rules.score(state, 0, player));
      return [Math.min(1.27, Math.round((100 * gained) / 30) / 100), finals[seat]! / 100, rows[seat]!, markerAt[seat]!];
    }),
    ...leadInputs(bare[0]! - Math.max(...bare.slice(1))),
    ...leadInputs(finals[0]! - Math.max(...finals.slice(1))),
    Math.max(...rows),
  ];
}

/** End bonuses, counted cell by cell. */
function bonusOf(wall: number): number {
  const has = (row: number, column: number) => (wall >> (5 * row + column)) & 1;
  const five = [0, 1, 2, 3, 4];
  const rows = five.filter((row) => five.every((column) => has(row, column)));
  const columns = five.filter((column) => five.every((row) => has(row, column)));
  const colours = five.filter((colour) => five.every((row) => has(row, (colour + row) % 5)));
  return 2 * rows.length + 7 * columns.length + 10 * colours.length;
}

const positions = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([players, seed, part]): Position => {
    const game = new AzulGame(players);
    const late = randomGame(game, new Random(seed)).filter((state) => state[ROUND]! >= 3);
    return { rules: game.rules, state: late[Math.floor(part * late.length)]! };
  });

describe('a playout', () => {
  test('worked by hand: each player takes one of two colours', () => {
    // The mover can fill line 1 with blue beside yellow for 2 points, or with white alone for 1. The other player fills
    // line 2 with the remaining white, and the marker costs a point.
    const position = positionOf({
      centre: '1W',
      factories: ['B'],
      boards: [
        { score: 10, wall: '.Y.../...../...../...../.....' },
        { score: 12, wall: '..R../...../...../...../.....', lines: '-,W1,-,-,-' },
      ],
      turn: 0,
      round: 3,
    });
    // 10 + 2 against 12 + 1 - 1: level, and no end bonus.
    const gains = [Math.fround(0.07), 0];
    const level = leadInputs(0);
    const boards = [gains[0]!, Math.fround(0.12), 0, 0, gains[1]!, Math.fround(0.12), 0, 1];
    expect(encode(position)).toEqual([...boards, ...level, ...level, 0]);
  });

  test('is empty before the third round', () => {
    const game = new AzulGame(2);
    for (const state of randomGame(game, new Random(1))) {
      const isLate = state[ROUND]! >= 3;
      expect(encode({ rules: game.rules, state }).some((value) => value !== 0)).toBe(isLate);
    }
  });

  test('is the result of the same choices by the rules', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const found = encode(position);
        const wanted = expected(position);
        found.forEach((value, i) => {
          expect(value, `input ${i}`).toBeCloseTo(Math.min(1.27, wanted[i]!), 5);
        });
        expect(found).toHaveLength(wanted.length);
      }),
    );
  });
});
