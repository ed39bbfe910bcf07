/** Damaged text is either refused with a NotationError or is valid. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyToken, type Position, parsePosition, printMove, printPosition } from '../../src/game/notation.js';
import { NotationError } from '../../src/game/tileNotation.js';
import { endOf, type Playout, playouts, steps } from './playouts.js';
import { countEverywhere, legalActions } from './positions.js';
import { legalMoves, played, readTable, writeTable } from './reference.js';

interface Edit {
  kind: 'delete' | 'insert' | 'replace' | 'copy';
  at: number;
  length: number;
  text: string;
}

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('delete', 'insert', 'replace', 'copy'),
    at: fc.nat(1000),
    length: fc.integer({ min: 1, max: 12 }),
    text: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.string({ unit: fc.constantFrom(...'BYRKW1-/|;,.0259cf= '), minLength: 1, maxLength: 2 }),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }) },
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function damaged(text: string, changes: readonly Edit[]): string {
  return changes.reduce((result, { kind, at, length, text: piece }) => {
    const i = at % (result.length + 1);
    const before = result.slice(0, i);
    const rest = result.slice(i);
    if (kind === 'delete') return before + rest.slice(length);
    if (kind === 'insert') return before + piece + rest;
    if (kind === 'replace') return before + piece + rest.slice(piece.length);
    return before + rest.slice(0, length) + rest;
  }, text);
}

/** Whether the action succeeds. Any error except a NotationError is thrown. */
function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    return false;
  }
}

/** Checks an accepted text: it is printed unchanged, and the reference has the same legal moves. */
function expectSound(text: string): void {
  let position: Position | undefined;
  if (!succeeds(() => (position = parsePosition(text)))) return;
  const { rules, state } = position!;
  const table = readTable(text);
  expect(printPosition(position!)).toBe(text);
  expect(
    legalActions(rules, state)
      .map((action) => printMove(rules, action))
      .sort(),
  ).toEqual(legalMoves(table));
  for (const colour of 'BYRKW') expect(countEverywhere(table, colour)).toBe(20);
  for (const move of legalMoves(table)) {
    const next = parsePosition(text);
    applyToken(next, move);
    expect(printPosition(next)).toBe(writeTable(played(table, move)));
  }
}

describe('damaged text', () => {
  test('of a position', () => {
    fc.assert(
      fc.property(playouts(80), edits, (playout, changes) => {
        expectSound(damaged(writeTable(endOf(playout)), changes));
      }),
      { numRuns: 1000 },
    );
  });

  test('of any kind', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expectSound(text);
      }),
      { numRuns: 500 },
    );
  });

  test('of a move or a deal does not change the position, or is a valid move or deal', () => {
    const lastStep = (playout: Playout) => [...steps(playout)].at(-1)!;
    fc.assert(
      fc.property(playouts(60), edits, (playout, changes) => {
        const { before, token } = lastStep(playout);
        const position = parsePosition(writeTable(before));
        const state = position.state.slice();
        const text = damaged(token, changes);
        if (succeeds(() => applyToken(position, text))) {
          expect(printPosition(position)).toBe(writeTable(played(before, text)));
        } else {
          expect(position.state).toEqual(state);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a valid position that cannot be reached by play', () => {
  test('is continued by the same rules', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 4, maxLength: 4 });
    const changes = fc.record({ playout: playouts(60), scores, turn: fc.nat(3), swaps: fc.array(fc.nat(24)) });
    fc.assert(
      fc.property(changes, ({ playout, scores, turn, swaps }) => {
        const table = endOf(playout);
        table.turn = turn % table.boards.length;
        for (const [p, board] of table.boards.entries()) {
          board.score = scores[p]!;
          for (const place of swaps) {
            const row = Math.floor(place / 5);
            const colour = 'BYRKW'[((place % 5) - row + 5) % 5]!;
            const free = board.wall[row]![place % 5] === '.' && board.lines[row]![0] !== colour;
            if (!free || !table.bag.includes(colour)) continue;
            table.bag = table.bag.replace(colour, '');
            board.wall[row] = board.wall[row]!.slice(0, place % 5) + colour + board.wall[row]!.slice((place % 5) + 1);
          }
        }
        expectSound(writeTable(table));
      }),
      { numRuns: 300 },
    );
  });
});
