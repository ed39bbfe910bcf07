import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Position, parsePosition, printPosition, startPosition } from '../../src/game/notation.js';
import { type PositionView, viewOf } from '../../src/game/view.js';
import { endOf, playouts } from './playouts.js';
import { writeTable } from './reference.js';

const LETTERS = 'BYRKW';

/** The notation of a position, written from its view alone. */
function written({ players, factories, centre, markerInCentre, turn, round, bag, lid }: PositionView): string {
  const pile = (tiles: number[], marker = false) =>
    (marker ? '1' : '') + tiles.map((colour) => LETTERS[colour]).join('') || '-';
  const boards = players.map(({ score, lines, wall, floor, marker }) =>
    [
      score,
      lines.map((line) => (line ? `${LETTERS[line.colour]}${line.count}` : '-')).join(','),
      wall
        .map((row, r) => row.map((filled, column) => (filled ? LETTERS[(column - r + 5) % 5] : '.')).join(''))
        .join('/'),
      pile(floor, marker),
    ].join(';'),
  );
  return [
    factories.map((tiles) => pile(tiles)).join('/'),
    pile(centre, markerInCentre),
    boards.join('|'),
    turn,
    round,
    bag.join(','),
    lid.join(','),
  ].join(' ');
}

const positions: fc.Arbitrary<Position> = playouts(150).map((playout) => parsePosition(writeTable(endOf(playout))));

test('a view shows all that the notation does', () => {
  fc.assert(
    fc.property(positions, (position) => {
      expect(written(viewOf(position))).toBe(printPosition(position));
    }),
  );
});

test('a view names the phase and does not change with the position', () => {
  const position = startPosition(2);
  const view = viewOf(position);
  expect([view.phase, view.round, view.turn]).toEqual(['dealDue', 0, 0]);
  position.rules.dealPiles(position.state, 0, [4, 4, 4, 4, 4]);
  expect(view).toEqual(viewOf(startPosition(2)));
  expect(viewOf(position)).toMatchObject({
    phase: 'playing',
    factories: Array(5).fill([0, 0, 0, 0]),
    bag: [0, 20, 20, 20, 20],
  });
});
