/** Positions written by hand for tests: they name only what matters, and the bag gets the remaining tiles. */
import { type Position, parsePosition } from '../../src/game/notation.js';
import type { Rules } from '../../src/game/rules.js';
import { type Board, only, readTable, type Table, writeTable } from './reference.js';

export interface BoardSketch {
  score?: number;
  /** The five lines, as in a position: `-,-,R3,-,-`. */
  lines?: string;
  wall?: string;
  floor?: string;
}

export interface Sketch {
  factories?: string[];
  centre?: string;
  boards: BoardSketch[];
  turn?: number;
  round?: number;
  lid?: string;
}

const EMPTY_WALL = '...../...../...../...../.....';

/** The text of a position whose bag holds the tiles that are nowhere else. */
export function sketched(sketch: Sketch): string {
  const factories = Array.from({ length: 2 * sketch.boards.length + 1 }, (_, i) => sketch.factories?.[i] ?? '-');
  const boards = sketch.boards.map(
    ({ score = 0, lines = '-,-,-,-,-', wall = EMPTY_WALL, floor = '-' }) => `${score};${lines};${wall};${floor}`,
  );
  const { centre = '-', turn = 0, round = 1, lid = '0,0,0,0,0' } = sketch;
  const fields = [factories.join('/'), centre, boards.join('|'), turn, round];
  const table = readTable([...fields, '0,0,0,0,0', lid].join(' '));
  for (const colour of 'BYRKW') table.bag += colour.repeat(20 - countEverywhere(table, colour));
  return writeTable(table);
}

export function positionOf(sketch: Sketch): Position {
  return parsePosition(sketched(sketch));
}

/** The number of tiles of a colour on the whole table. */
export function countEverywhere(table: Table, colour: string): number {
  const onBoard = (board: Board): string[] => [...board.lines, ...board.wall, board.floor];
  const holders = [...table.factories, table.centre, ...table.boards.flatMap(onBoard), table.bag, table.lid];
  return only(holders.join(''), colour).length;
}

/** The legal actions in ascending order. */
export function legalActions(rules: Rules, state: Int32Array): number[] {
  const out = new Uint16Array(rules.actions);
  return [...out.subarray(0, rules.legal(state, 0, out))];
}
