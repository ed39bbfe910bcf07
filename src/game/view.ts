/** A position as plain objects, for programs that show or study games. */
import type { Position } from './notation.js';
import { COLOURS, countOf, hasMarker } from './pile.js';
import {
  BAG,
  boardAt,
  CENTRE,
  DEAL_DUE,
  FLOOR,
  LID,
  LINES,
  lineColour,
  lineCount,
  PHASE,
  PLAYING,
  ROUND,
  SCORE,
  TURN,
  WALL,
} from './state.js';
import { ROWS } from './wall.js';

/** A position. Colours are numbers: 0 blue, 1 yellow, 2 red, 3 black, 4 white. */
export interface PositionView {
  /** What comes next: a deal, a move, or nothing. */
  phase: 'dealDue' | 'playing' | 'over';
  /** The round, from 1; 0 before the first deal. */
  round: number;
  /** The player to move, from 0; before a deal, the player who will start. */
  turn: number;
  players: PlayerView[];
  /** The tiles of each factory, 0 to 4 of them, in order of colour. */
  factories: number[][];
  /** The tiles in the centre, in order of colour. */
  centre: number[];
  /** Whether the first-player marker lies in the centre. */
  markerInCentre: boolean;
  /** Tiles in the bag, by colour. */
  bag: number[];
  /** Tiles in the lid of the box, by colour. */
  lid: number[];
}

/** A player's board. */
export interface PlayerView {
  /** Points. */
  score: number;
  /** The five pattern lines, the shortest first; undefined for an empty one. */
  lines: (PatternLine | undefined)[];
  /** Whether a tile lies at `[row][column]`, 5 by 5. Its colour is `(column - row + 5) % 5`. */
  wall: boolean[][];
  /** The tiles in the floor line, 0 to 7 of them, in order of colour, without the marker. */
  floor: number[];
  /** Whether the first-player marker lies in the floor line, where it takes a space. */
  marker: boolean;
}

/** A pattern line that is not empty: 1 to 5 tiles of one colour. */
export interface PatternLine {
  colour: number;
  count: number;
}

/** Returns a position as plain objects. The view is a copy: later moves do not change it. */
export function viewOf({ rules, state }: Position): PositionView {
  const phase = state[PHASE];
  return {
    phase: phase === DEAL_DUE ? 'dealDue' : phase === PLAYING ? 'playing' : 'over',
    round: state[ROUND]!,
    turn: state[TURN]!,
    players: times(rules.players, (player) => playerView(state, boardAt(0, player))),
    factories: times(rules.factories, (factory) => tilesIn(state[rules.firstFactory + factory]!)),
    centre: tilesIn(state[CENTRE]!),
    markerInCentre: hasMarker(state[CENTRE]!),
    bag: countsOf(state[BAG]!),
    lid: countsOf(state[LID]!),
  };
}

function playerView(state: Int32Array, board: number): PlayerView {
  const lines = state[board + LINES]!;
  const wall = state[board + WALL]!;
  const floor = state[board + FLOOR]!;
  return {
    score: state[board + SCORE]!,
    lines: times(ROWS, (row) => {
      const count = lineCount(lines, row);
      return count === 0 ? undefined : { colour: lineColour(lines, row), count };
    }),
    wall: times(ROWS, (row) => times(COLOURS, (column) => ((wall >> (ROWS * row + column)) & 1) === 1)),
    floor: tilesIn(floor),
    marker: hasMarker(floor),
  };
}

function countsOf(pile: number): number[] {
  return times(COLOURS, (colour) => countOf(pile, colour));
}

function tilesIn(pile: number): number[] {
  return countsOf(pile).flatMap((count, colour) => times(count, () => colour));
}

function times<T>(n: number, item: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => item(i));
}
