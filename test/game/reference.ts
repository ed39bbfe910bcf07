/**
 * A second, slow and plain implementation of the rules, from the text of the protocol. It shares nothing with src/game, so
 * that one checks the other. A tile is a letter, and every place with tiles is a string of them.
 */
const COLOURS = ['B', 'Y', 'R', 'K', 'W'];
export const FLOOR_PENALTIES = [1, 1, 2, 2, 2, 3, 3];
const PLACES = [0, 1, 2, 3, 4];

export interface Board {
  score: number;
  lines: string[];
  /** Five rows of five characters, with `.` for an empty cell. */
  wall: string[];
  floor: string;
}

export interface Table {
  factories: string[];
  centre: string;
  boards: Board[];
  turn: number;
  round: number;
  bag: string;
  lid: string;
}

// ---- text

export function readTable(text: string): Table {
  const [factories, centre, boards, turn, round, bag, lid] = text.split(' ') as string[];
  return {
    factories: factories!.split('/').map(readTiles),
    centre: readTiles(centre!),
    boards: boards!.split('|').map(readBoard),
    turn: Number(turn),
    round: Number(round),
    bag: readCounts(bag!),
    lid: readCounts(lid!),
  };
}

export function writeTable(table: Table): string {
  return [
    table.factories.map(writeTiles).join('/'),
    writeTiles(table.centre),
    table.boards.map(writeBoard).join('|'),
    table.turn,
    table.round,
    writeCounts(table.bag),
    writeCounts(table.lid),
  ].join(' ');
}

function readBoard(text: string): Board {
  const [score, lines, wall, floor] = text.split(';');
  return {
    score: Number(score),
    lines: lines!.split(',').map((line) => (line === '-' ? '' : line[0]!.repeat(Number(line[1])))),
    wall: wall!.split('/'),
    floor: readTiles(floor!),
  };
}

function writeBoard(board: Board): string {
  const lines = board.lines.map((line) => (line === '' ? '-' : `${line[0]}${line.length}`));
  return [board.score, lines.join(','), board.wall.join('/'), writeTiles(board.floor)].join(';');
}

function readTiles(text: string): string {
  return text === '-' ? '' : text;
}

function writeTiles(tiles: string): string {
  return ['1', ...COLOURS].map((letter) => only(tiles, letter)).join('') || '-';
}

function readCounts(text: string): string {
  const counts = text.split(',').map(Number);
  return COLOURS.map((colour, i) => colour.repeat(counts[i]!)).join('');
}

function writeCounts(tiles: string): string {
  return COLOURS.map((colour) => only(tiles, colour).length).join(',');
}

// ---- tiles

export function only(tiles: string, letter: string): string {
  return [...tiles].filter((tile) => tile === letter).join('');
}

export function allBut(tiles: string, letter: string): string {
  return [...tiles].filter((tile) => tile !== letter).join('');
}

function withoutOne(tiles: string, letter: string): string {
  const at = tiles.indexOf(letter);
  if (at < 0) throw new Error(`no ${letter} in ${tiles}`);
  return tiles.slice(0, at) + tiles.slice(at + 1);
}

// ---- play

export type Stage = 'playing' | 'deal due' | 'over';

export function stageOf(table: Table): Stage {
  if (table.factories.some((factory) => factory !== '') || allBut(table.centre, '1') !== '') return 'playing';
  if (table.boards.some((board) => completeRows(board) > 0)) return 'over';
  return table.bag === '' && table.lid === '' ? 'over' : 'deal due';
}

/** The tiles of one source, `1` to `9` or `c`. */
export function tilesAt(table: Table, source: string): string {
  return source === 'c' ? table.centre : table.factories[Number(source) - 1]!;
}

/** The legal moves, sorted as text. */
export function legalMoves(table: Table): string[] {
  const sources = [...table.factories.map((_, i) => String(i + 1)), 'c'];
  const moves: string[] = [];
  for (const source of sources) {
    for (const colour of COLOURS) {
      if (!tilesAt(table, source).includes(colour)) continue;
      for (const row of PLACES) {
        if (lineTakes(table.boards[table.turn]!, row, colour)) moves.push(`${source}${colour}${row + 1}`);
      }
      moves.push(`${source}${colour}f`);
    }
  }
  return moves.sort();
}

function lineTakes(board: Board, row: number, colour: string): boolean {
  const line = board.lines[row]!;
  if (line.length === row + 1) return false;
  if (line !== '' && line[0] !== colour) return false;
  return !board.wall[row]!.includes(colour);
}

/** The table after a move or a deal. */
export function played(before: Table, token: string): Table {
  const table = structuredClone(before);
  if (token.startsWith('=')) deal(table, token.slice(1));
  else move(table, token);
  return table;
}

function move(table: Table, text: string): void {
  const [source, colour, destination] = [...text] as [string, string, string];
  const board = table.boards[table.turn]!;
  const taken = only(tilesAt(table, source), colour);
  const left = allBut(tilesAt(table, source), colour);
  if (source === 'c') {
    if (left.includes('1')) board.floor += '1';
    table.centre = allBut(left, '1');
  } else {
    table.factories[Number(source) - 1] = '';
    table.centre += left;
  }
  for (const tile of taken) {
    const row = Number(destination) - 1;
    if (destination !== 'f' && board.lines[row]!.length < row + 1) board.lines[row] += tile;
    else if (board.floor.length < 7) board.floor += tile;
    else table.lid += tile;
  }
  table.turn = (table.turn + 1) % table.boards.length;
  if (table.factories.every((factory) => factory === '') && table.centre.replace('1', '') === '') endRound(table);
}

function deal(table: Table, text: string): void {
  table.factories = text.split('/').map(readTiles);
  const tiles = table.factories.join('');
  if (tiles.length > table.bag.length) {
    table.bag += table.lid;
    table.lid = '';
  }
  for (const tile of tiles) table.bag = withoutOne(table.bag, tile);
  table.centre = '1';
  table.round++;
}

function endRound(table: Table): void {
  table.centre = '';
  const starter = table.boards.findIndex((board) => board.floor.includes('1'));
  if (starter >= 0) table.turn = starter;
  for (const board of table.boards) {
    for (const row of PLACES) {
      const line = board.lines[row]!;
      if (line.length < row + 1) continue;
      board.score += place(board, row, line[0]!);
      table.lid += line.slice(1);
      board.lines[row] = '';
    }
    for (const [i, penalty] of FLOOR_PENALTIES.entries()) if (i < board.floor.length) board.score -= penalty;
    if (board.score < 0) board.score = 0;
    table.lid += allBut(board.floor, '1');
    board.floor = '';
  }
  if (stageOf(table) === 'over') for (const board of table.boards) board.score += bonus(board);
}

/** Lays a tile on the wall and returns its points. */
export function place(board: Board, row: number, colour: string): number {
  const column = (COLOURS.indexOf(colour) + row) % 5;
  const cells = [...board.wall[row]!];
  cells[column] = colour;
  board.wall[row] = cells.join('');
  const tileAt = (r: number, c: number): boolean => /[BYRKW]/.test(board.wall[r]?.[c] ?? '.');
  let across = 1;
  for (let c = column - 1; tileAt(row, c); c--) across++;
  for (let c = column + 1; tileAt(row, c); c++) across++;
  let down = 1;
  for (let r = row - 1; tileAt(r, column); r--) down++;
  for (let r = row + 1; tileAt(r, column); r++) down++;
  if (across > 1 && down > 1) return across + down;
  return Math.max(across, down);
}

function completeRows(board: Board): number {
  return board.wall.filter((row) => !row.includes('.')).length;
}

export function bonus(board: Board): number {
  const columns = PLACES.filter((column) => board.wall.every((row) => row[column] !== '.')).length;
  const colours = COLOURS.filter((colour) => board.wall.every((row) => row.includes(colour))).length;
  return 2 * completeRows(board) + 7 * columns + 10 * colours;
}

/** The winners: the maximum points, then the maximum number of complete rows, then shared. */
export function winnersOf(table: Table): number[] {
  const players = table.boards.map((_, p) => p);
  const beats = (a: Board, b: Board): boolean =>
    a.score > b.score || (a.score === b.score && completeRows(a) > completeRows(b));
  return players.filter((p) => !table.boards.some((other) => beats(other, table.boards[p]!)));
}

/** The number of move sequences of a given length. One that reaches the end of the round counts once, at its end. */
export function countSequences(table: Table, depth: number): number {
  if (depth === 0) return 1;
  const moves = legalMoves(table);
  if (depth === 1) return moves.length;
  let sequences = 0;
  for (const text of moves) {
    const next = played(table, text);
    sequences += stageOf(next) === 'playing' ? countSequences(next, depth - 1) : 1;
  }
  return sequences;
}
