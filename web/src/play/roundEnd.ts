/** The end of a round as people play it: tile by tile, floor line by floor line, then the bonuses of the last round. */
import { COLOUR_NAMES } from '../../../src/game/description.js';
import { floorCost } from '../../../src/game/floorLine.js';
import type { Position } from '../../../src/game/notation.js';
import { COLOURS } from '../../../src/game/pile.js';
import {
  boardAt,
  FLOOR,
  LINES,
  lineColour,
  lineCount,
  OVER,
  PHASE,
  SCORE,
  WALL,
  withLine,
} from '../../../src/game/state.js';
import { cellOf, colourAt, columnFor, placementScore, ROWS } from '../../../src/game/wall.js';

export interface RoundEndStep {
  seat: number;
  /** The table after the step. */
  state: Int32Array;
  points: number;
  /** The sentence that follows the player's name. */
  text: string;
  /** Cells of the wall to light up (a bit set of wall.ts), and whether to light up the floor line. */
  cells: number;
  floor: boolean;
}

/** The steps from a position after the last move of a round (by Rules.take) to the position that Rules.endRound makes. */
export function roundEndSteps({ rules, state: before }: Position): RoundEndStep[] {
  const steps: RoundEndStep[] = [];
  const state = before.slice();
  const note = (seat: number, points: number, text: string, cells: number, floor = false) => {
    const score = boardAt(0, seat) + SCORE;
    state[score] = Math.max(0, state[score]! + points);
    steps.push({ seat, state: state.slice(), points, text, cells, floor });
  };
  for (let seat = 0; seat < rules.players; seat++) {
    const board = boardAt(0, seat);
    for (let row = 0; row < ROWS; row++) {
      const lines = state[board + LINES]!;
      if (lineCount(lines, row) !== row + 1) continue;
      const colour = lineColour(lines, row);
      const column = columnFor(row, colour);
      const points = placementScore(state[board + WALL]!, row, column);
      state[board + WALL]! |= cellOf(row, colour);
      state[board + LINES] = withLine(lines, row, 0, 0);
      const { across, down } = runs(state[board + WALL]!, row, column);
      note(seat, points, tilingText(row, colour, size(across), size(down)), across | down);
    }
    const cost = floorCost(state[board + FLOOR]!);
    if (state[board + FLOOR] !== 0) {
      const lost = Math.min(cost, state[board + SCORE]!);
      state[board + FLOOR] = 0;
      const rest = lost < cost ? `; a score never falls below 0` : '';
      note(seat, lost === 0 ? 0 : -lost, `the floor line costs ${cost}${rest}.`, 0, true);
    }
  }
  const end = before.slice();
  rules.endRound(end, 0);
  if (end[PHASE] === OVER) bonuses(rules.players, note, state);
  return steps;
}

function bonuses(
  players: number,
  note: (seat: number, points: number, text: string, cells: number) => void,
  state: Int32Array,
): void {
  for (let seat = 0; seat < players; seat++) {
    const wall = state[boardAt(0, seat) + WALL]!;
    for (let row = 0; row < ROWS; row++) {
      const cells = 31 << (ROWS * row);
      if ((wall & cells) === cells) note(seat, 2, `row ${row + 1} is complete: 2 points more.`, cells);
    }
    for (let column = 0; column < COLOURS; column++) {
      const cells = COLUMN << column;
      if ((wall & cells) === cells) note(seat, 7, `column ${column + 1} is complete: 7 points more.`, cells);
    }
    for (let colour = 0; colour < COLOURS; colour++) {
      let cells = 0;
      for (let row = 0; row < ROWS; row++) cells |= cellOf(row, colour);
      if ((wall & cells) === cells) note(seat, 10, `all five ${COLOUR_NAMES[colour]} tiles: 10 points more.`, cells);
    }
  }
}

const COLUMN = 0b00001_00001_00001_00001_00001;

function tilingText(row: number, colour: number, across: number, down: number): string {
  const what = `line ${row + 1} is full, so a ${COLOUR_NAMES[colour]} tile goes to the wall`;
  if (across === 1 && down === 1) return `${what}: it stands alone, 1 point.`;
  const parts = [across > 1 ? `${across} in its row` : '', down > 1 ? `${down} in its column` : ''].filter(Boolean);
  return `${what}: ${parts.join(' and ')}, ${parts.length === 2 ? across + down : Math.max(across, down)} points.`;
}

/** The unbroken runs of tiles through a cell. */
function runs(wall: number, row: number, column: number): { across: number; down: number } {
  const laid = (r: number, c: number) => r >= 0 && r < ROWS && c >= 0 && c < COLOURS && (wall >> (ROWS * r + c)) & 1;
  const run = (dr: number, dc: number) => {
    let cells = 0;
    for (const way of [-1, 1]) {
      for (let r = row, c = column; laid(r, c); r += way * dr, c += way * dc) cells |= cellOf(r, colourAt(r, c));
    }
    return cells;
  };
  return { across: run(0, 1), down: run(1, 0) };
}

function size(cells: number): number {
  let n = 0;
  for (let bits = cells; bits !== 0; bits &= bits - 1) n++;
  return n;
}
