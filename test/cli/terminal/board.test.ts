import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawPosition } from '../../../src/cli/terminal/board.js';
import { describeMove } from '../../../src/game/description.js';
import {
  applyToken,
  type Position,
  parseMove,
  parsePosition,
  printMove,
  startPosition,
} from '../../../src/game/notation.js';
import { Random } from '../../../src/game/random.js';
import { DEAL_DUE, PHASE } from '../../../src/game/state.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const NAMES = ['Ann', 'Bob', 'Cy', 'Dee'];

function positionAfter(...tokens: string[]): Position {
  const position = startPosition(2);
  for (const token of tokens) applyToken(position, token);
  return position;
}

function words(position: Position, move: string): string {
  return describeMove(position, parseMove(position.rules, move));
}

describe('drawPosition', () => {
  test('a round in progress', () => {
    const position = positionAfter(DEAL, '3K2', 'cYf', '1B1');
    expect(drawPosition(position, ['Ann', 'Bob'], false)).toBe(
      [
        'Round 1: Bob to move',
        '',
        '1  .  .  .  .   2 [R][R][W][W]  3  .  .  .  .   4 [Y][Y][R][W]  5 [B][R][K][W]',
        '',
        'centre  [B]x1  [Y]x1  [K]x1',
        'bag     80 tiles, lid 0',
        '',
        '  Ann                      0 points    > Bob                      0 points',
        '1             [B] |  b  y  r  k  w     1              .  |  b  y  r  k  w',
        '2          [K][K] |  w  b  y  r  k     2           .  .  |  w  b  y  r  k',
        '3        .  .  .  |  k  w  b  y  r     3        .  .  .  |  k  w  b  y  r',
        '4     .  .  .  .  |  r  k  w  b  y     4     .  .  .  .  |  r  k  w  b  y',
        '5  .  .  .  .  .  |  y  r  k  w  b     5  .  .  .  .  .  |  y  r  k  w  b',
        'f [B]-1 -2 -2 -2 -3 -3  = -1           f [1][Y]-2 -2 -2 -3 -3  = -2',
      ].join('\n'),
    );
  });

  test('shows whose turn it is, what is due and who has won', () => {
    const start = startPosition(3);
    expect(drawPosition(start, NAMES.slice(0, 3), false)).toMatch(/^Before round 1: a deal is due, Ann will start\n/);
    const board = '9;-,-,-,-,-;BYRKW/...../...../...../.....;-';
    const over = parsePosition(`-/-/-/-/- - ${board}|${board} 0 5 18,18,18,18,18 0,0,0,0,0`);
    const drawing = drawPosition(over, ['Ann', 'Bob'], false);
    expect(drawing).toMatch(/^The game is over after round 5: won by Ann and Bob\n/);
    expect(drawing).toContain('1              .  | [B][Y][R][K][W]');
    expect(drawing).not.toContain('>');
  });

  test('a floor line of eight tiles, and names that are too long', () => {
    const floor = '1BBBBBBB';
    const boards = `0;-,-,-,-,-;...../...../...../...../.....;${floor}|0;-,-,-,-,-;...../...../...../...../.....;-`;
    const position = parsePosition(`-/-/-/-/- W ${boards} 1 1 13,20,20,20,19 0,0,0,0,0`);
    const drawing = drawPosition(position, ['A'.repeat(50), 'B'.repeat(50)], false);
    expect(drawing).toContain(`f [1]${'[B]'.repeat(7)} = -14`);
    expect(drawing).toContain(`  ${'A'.repeat(24)} 0 points    > ${'B'.repeat(24)} 0 points`);
  });

  test('any position fits 80 columns, and colours do not change its letters', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3, 4), fc.nat(), fc.nat(90), (players, seed, plies) => {
        const position = randomPosition(players, seed, plies);
        const names = NAMES.slice(0, players);
        const plain = drawPosition(position, names, false);
        for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
        const coloured = drawPosition(position, names, true);
        expect(coloured).toContain('\x1b[');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
        const letters = coloured.replace(/\x1b\[\d+m/g, '').replace(/ +$/gm, '');
        expect(letters).toBe(plain.replace(/\[(.)\]/g, ' $1 ').replace(/ +$/gm, ''));
      }),
      { numRuns: 60 },
    );
  });
});

describe('describeMove', () => {
  test('to a line, past its end, to the floor', () => {
    const position = positionAfter(DEAL);
    expect(words(position, '1B4')).toBe('1B4: all 2 blue of factory 1 into line 4');
    expect(words(position, '1Y2')).toBe('1Y2: the one yellow of factory 1 into line 2');
    expect(words(position, '2R1')).toBe('2R1: all 2 red of factory 2 into line 1, 1 to the floor');
    expect(words(position, '2Wf')).toBe('2Wf: all 2 white of factory 2 to the floor');
  });

  test('from the centre, with the marker while it is there', () => {
    const position = positionAfter(DEAL, '3K3');
    expect(words(position, 'cB5')).toBe('cB5: the one blue of the centre into line 5, and the first-player marker');
    applyToken(position, 'cB5');
    expect(words(position, 'cYf')).toBe('cYf: the one yellow of the centre to the floor');
    expect(words(position, '5K3')).toBe('5K3: the one black of factory 5 into line 3');
    applyToken(position, '1Kf');
    applyToken(position, '4Y1');
    expect(words(position, 'cY4')).toBe('cY4: all 2 yellow of the centre into line 4');
  });

  test('every legal move has a description', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3, 4), fc.nat(), fc.nat(60), (players, seed, plies) => {
        const position = randomPosition(players, seed, plies);
        const actions = new Uint16Array(position.rules.actions);
        for (const action of actions.subarray(0, position.rules.legal(position.state, 0, actions))) {
          expect(describeMove(position, action)).toMatch(
            /^\S{3}: (the one|all \d+) \w+ of (the centre|factory \d) (to the floor|into line \d(, \d+ to the floor)?)(, and the first-player marker)?$/,
          );
          expect(describeMove(position, action).slice(0, 3)).toBe(printMove(position.rules, action));
        }
      }),
      { numRuns: 60 },
    );
  });
});

function randomPosition(players: number, seed: number, plies: number): Position {
  const position = startPosition(players);
  const { rules, state } = position;
  const random = new Random(seed);
  const actions = new Uint16Array(rules.actions);
  rules.deal(state, 0, random);
  for (let ply = 0; ply < plies; ply++) {
    const legal = rules.legal(state, 0, actions);
    if (legal > 0) rules.apply(state, 0, actions[random.int(legal)]!);
    else if (state[PHASE] === DEAL_DUE) rules.deal(state, 0, random);
  }
  return position;
}
