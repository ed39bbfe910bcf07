/** Positions as text of 80 columns, with two boards side by side, readable without colours. */
import pc from 'picocolors';
import { FLOOR_SPACES, floorCost } from '../../game/floorLine.js';
import type { Position } from '../../game/notation.js';
import { COLOURS, countOf, FACTORY_TILES, hasMarker, pileOf, sizeOf, tilesOf } from '../../game/pile.js';
import type { Rules } from '../../game/rules.js';
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
  OVER,
  PHASE,
  ROUND,
  SCORE,
  TURN,
  WALL,
} from '../../game/state.js';
import { COLOUR_LETTERS } from '../../game/tileNotation.js';
import { colourAt, ROWS } from '../../game/wall.js';
import { showsColours } from './colours.js';

/** Width of a tile, of a pattern line or wall row, and of a board, in characters. */
const TILE = 3;
const ROW = ROWS * TILE;
const BOARD = 2 + ROW + 3 + ROW;
const GAP = '    ';
const FACTORIES_ABREAST = 5;

/**
 * Draws the whole table, with a name for each player. Without colours a tile is `[B]`. A free cell of the wall shows its colour
 * as a small letter.
 */
export function drawPosition(position: Position, names: readonly string[], colours = showsColours()): string {
  const { rules, state } = position;
  const pen = new Pen(colours);
  const boards = names.map((name, p) => drawBoard(position, p, name, pen));
  return [
    pen.strong(headline(position, names)),
    '',
    ...drawFactories(rules, state, pen),
    '',
    `centre  ${drawPile(state[CENTRE]!, pen)}`,
    pen.faint(`bag     ${sizeOf(state[BAG]!)} tiles, lid ${sizeOf(state[LID]!)}`),
    ...pairs(boards).flatMap(([left, right]) => ['', ...left.map((line, i) => line + (right ? GAP + right[i] : ''))]),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Draws tiles and words with or without colours. */
class Pen {
  private readonly paint;
  private readonly backgrounds;

  constructor(private readonly colours: boolean) {
    const paint = pc.createColors(colours);
    this.paint = paint;
    this.backgrounds = [paint.bgBlue, paint.bgYellow, paint.bgRed, paint.bgBlackBright, paint.bgWhite];
  }

  strong(text: string): string {
    return this.paint.bold(text);
  }

  faint(text: string): string {
    return this.paint.dim(text);
  }

  tile(colour: number): string {
    const letter = COLOUR_LETTERS[colour]!;
    if (!this.colours) return `[${letter}]`;
    const ink = letter === 'Y' || letter === 'W' ? this.paint.black : this.paint.whiteBright;
    return this.backgrounds[colour]!(ink(` ${letter} `));
  }

  marker(): string {
    return this.colours ? this.paint.bgCyan(this.paint.black(' 1 ')) : '[1]';
  }

  /** A space without a tile. */
  free(text: string): string {
    return this.paint.dim(text.padStart(2).padEnd(TILE));
  }
}

function headline({ rules, state }: Position, names: readonly string[]): string {
  const mover = names[state[TURN]!];
  if (state[PHASE] === OVER) {
    const winners = names.filter((_, p) => (rules.winners(state, 0) >> p) & 1);
    return `The game is over after round ${state[ROUND]}: won by ${winners.join(' and ')}`;
  }
  if (state[PHASE] === DEAL_DUE) return `Before round ${state[ROUND]! + 1}: a deal is due, ${mover} will start`;
  return `Round ${state[ROUND]}: ${mover} to move`;
}

function drawFactories(rules: Rules, state: Int32Array, pen: Pen): string[] {
  const rows: string[] = [];
  for (let first = 0; first < rules.factories; first += FACTORIES_ABREAST) {
    const last = Math.min(first + FACTORIES_ABREAST, rules.factories);
    let row = '';
    for (let i = first; i < last; i++) {
      const tiles = tilesIn(state[rules.firstFactory + i]!, pen);
      while (tiles.length < FACTORY_TILES) tiles.push(pen.free('.'));
      row += `${i + 1} ${tiles.join('')}  `;
    }
    rows.push(row);
  }
  return rows;
}

/** Draws the marker and the number of tiles of each colour. */
function drawPile(pile: number, pen: Pen): string {
  const items = hasMarker(pile) ? [pen.marker()] : [];
  for (let colour = 0; colour < COLOURS; colour++) {
    const count = countOf(pile, colour);
    if (count > 0) items.push(`${pen.tile(colour)}x${count}`);
  }
  return items.join('  ') || '-';
}

/** Draws a board as lines of BOARD characters: name and score, the pattern lines beside the wall, the floor line. */
function drawBoard({ state }: Position, player: number, name: string, pen: Pen): string[] {
  const board = boardAt(0, player);
  const moves = state[PHASE] !== OVER && state[TURN] === player;
  const points = ` ${state[board + SCORE]} points`;
  const title = `${moves ? '>' : ' '} ${name}`.slice(0, BOARD - points.length).padEnd(BOARD - points.length) + points;
  return [
    moves ? pen.strong(title) : title,
    ...Array.from({ length: ROWS }, (_, row) => {
      const line = drawLine(state[board + LINES]!, row, pen);
      return `${row + 1} ${line} | ${drawWallRow(state[board + WALL]!, row, pen)}`;
    }),
    drawFloor(state[board + FLOOR]!, pen),
  ];
}

function drawLine(lines: number, row: number, pen: Pen): string {
  const count = lineCount(lines, row);
  const tiles = count > 0 ? pen.tile(lineColour(lines, row)).repeat(count) : '';
  return ' '.repeat(ROW - TILE * (row + 1)) + pen.free('.').repeat(row + 1 - count) + tiles;
}

function drawWallRow(wall: number, row: number, pen: Pen): string {
  let text = '';
  for (let column = 0; column < ROWS; column++) {
    const colour = colourAt(row, column);
    const filled = (wall >> (ROWS * row + column)) & 1;
    text += filled ? pen.tile(colour) : pen.free(COLOUR_LETTERS[colour]!.toLowerCase());
  }
  return text;
}

/** Draws the tiles of the floor line, then the cost of each free space. */
function drawFloor(floor: number, pen: Pen): string {
  const spaces = tilesIn(floor, pen);
  for (let n = spaces.length; n < FLOOR_SPACES; n++) {
    spaces.push(pen.free(String(floorCost(pileOf(0, n)) - floorCost(pileOf(0, n + 1)))));
  }
  const cost = floorCost(floor);
  const total = cost > 0 ? ` = -${cost}` : '';
  return `f ${spaces.join('')}${total.padEnd(BOARD - 2 - TILE * spaces.length)}`;
}

function tilesIn(pile: number, pen: Pen): string[] {
  const tiles = hasMarker(pile) ? [pen.marker()] : [];
  for (let colour = 0; colour < COLOURS; colour++) {
    for (let n = countOf(tilesOf(pile), colour); n > 0; n--) tiles.push(pen.tile(colour));
  }
  return tiles;
}

function pairs<T>(items: readonly T[]): [T, T?][] {
  return items.flatMap((item, i): [T, T?][] => (i % 2 === 0 ? [[item, items[i + 1]]] : []));
}
