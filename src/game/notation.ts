/**
 * The text forms of moves, deals and positions. Parsers throw a NotationError, which says what is wrong and where. Printers
 * accept any valid position.
 */
import { actionOf, colourOf, destinationOf, sourceOf, TO_FLOOR } from './action.js';
import { parseBoard, printBoard } from './boardNotation.js';
import { COLOURS, countOf, FACTORY_TILES, markersIn, sizeOf, TILES_PER_COLOUR } from './pile.js';
import { Rules } from './rules.js';
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
  MAX_PLAYERS,
  MIN_PLAYERS,
  OVER,
  PHASE,
  PLAYING,
  ROUND,
  TURN,
  WALL,
} from './state.js';
import {
  COLOUR_LETTERS,
  fail,
  parseCounts,
  parseFactory,
  parseInteger,
  parsePile,
  printCounts,
  printPile,
  quote,
} from './tileNotation.js';
import { completeRows, ROWS, rowColours } from './wall.js';

/** A position with the rules for its number of players. */
export interface Position {
  rules: Rules;
  state: Int32Array;
}

// ---- moves and deals

/** The three characters of an action. */
export function printMove(rules: Rules, action: number): string {
  const source = sourceOf(action);
  const colour = colourOf(action);
  const destination = destinationOf(action);
  return (
    (source === rules.factories ? 'c' : String(source + 1)) +
    COLOUR_LETTERS[colour] +
    (destination === TO_FLOOR ? 'f' : String(destination + 1))
  );
}

/** The action that three characters name: a source, a colour and a destination. It need not be legal. */
export function parseMove(rules: Rules, text: string): number {
  const where = `move ${quote(text)}`;
  if (text.length !== 3) fail(where, 'is not source, colour, destination (like 3B4 or cRf)');
  const [from, letter, to] = text as unknown as [string, string, string];
  const source = from === 'c' ? rules.factories : '123456789'.indexOf(from);
  if (source < 0 || source > rules.factories || (source === rules.factories && from !== 'c')) {
    fail(where, `has the source ${quote(from)}, not 1-${rules.factories} or c`);
  }
  const colour = COLOUR_LETTERS.indexOf(letter);
  if (colour < 0) fail(where, `has the colour ${quote(letter)}, not one of ${COLOUR_LETTERS}`);
  const destination = to === 'f' ? TO_FLOOR : '12345'.indexOf(to);
  if (destination < 0) fail(where, `has the destination ${quote(to)}, not 1-5 or f`);
  return actionOf(source, colour, destination);
}

/** The deal that filled the factories: `=BBYK/RRWW/…`. */
export function printDeal(rules: Rules, state: Int32Array): string {
  return `=${printFactories(rules, state)}`;
}

/** The piles of a deal, one for each factory. `applyToken` checks that the bag holds them. */
export function parseDeal(rules: Rules, text: string): number[] {
  if (!text.startsWith('=')) fail(`deal ${quote(text)}`, 'does not start with =');
  const factories = text.slice(1).split('/');
  if (factories.length !== rules.factories) {
    fail(`deal ${quote(text)}`, `has ${factories.length} factories, not ${rules.factories}`);
  }
  return factories.map((tiles, i) => parseFactory(tiles, `deal, factory ${i + 1}`));
}

/** Plays a move or a deal given as text. A NotationError leaves the position unchanged. */
export function applyToken({ rules, state }: Position, token: string): void {
  if (token.startsWith('=')) {
    const piles = parseDeal(rules, token);
    if (state[PHASE] !== DEAL_DUE) fail(`deal ${quote(token)}`, 'comes where no deal is due');
    const wrong = dealFault(rules, state, piles);
    if (wrong) fail(`deal ${quote(token)}`, wrong);
    rules.dealPiles(state, 0, piles);
    return;
  }
  const action = parseMove(rules, token);
  if (state[PHASE] === DEAL_DUE) fail(`move ${quote(token)}`, 'comes where a deal is due');
  if (state[PHASE] === OVER) fail(`move ${quote(token)}`, 'comes after the end of the game');
  if (!rules.isLegal(state, 0, action))
    fail(`move ${quote(token)}`, `is not legal: ${illegality(rules, state, action)}`);
  rules.apply(state, 0, action);
}

/** Why a move is not legal. */
function illegality(rules: Rules, state: Int32Array, action: number): string {
  const source = sourceOf(action);
  const colour = colourOf(action);
  const row = destinationOf(action);
  const pile = source === rules.factories ? state[CENTRE]! : state[rules.firstFactory + source]!;
  const letter = COLOUR_LETTERS[colour];
  if (countOf(pile, colour) === 0) {
    return `no ${letter} in ${source === rules.factories ? 'the centre' : `factory ${source + 1}`}`;
  }
  const board = boardAt(0, state[TURN]!);
  if ((rowColours(state[board + WALL]!, row) >> colour) & 1) return `row ${row + 1} of the wall already has ${letter}`;
  if (lineCount(state[board + LINES]!, row) > row) return `line ${row + 1} is full`;
  return `line ${row + 1} holds ${COLOUR_LETTERS[lineColour(state[board + LINES]!, row)]}`;
}

/** Why these piles can't be the next deal, or undefined if they can. */
function dealFault(rules: Rules, state: Int32Array, piles: readonly number[]): string | undefined {
  const bag = state[BAG]!;
  const lid = state[LID]!;
  const due = Math.min(FACTORY_TILES * rules.factories, sizeOf(bag) + sizeOf(lid));
  const total = piles.reduce((sum, pile) => sum + sizeOf(pile), 0);
  if (total !== due) return `has ${total} tiles, not ${due}`;
  const partial = piles.filter((pile) => pile !== 0 && sizeOf(pile) < FACTORY_TILES).length;
  if (partial > 1) return 'leaves more than one factory partly filled';
  const fromLid = total > sizeOf(bag);
  for (let colour = 0; colour < COLOURS; colour++) {
    const dealt = piles.reduce((sum, pile) => sum + countOf(pile, colour), 0);
    const max = countOf(bag, colour) + (fromLid ? countOf(lid, colour) : 0);
    const min = fromLid ? countOf(bag, colour) : 0;
    if (dealt > max) return `has ${dealt} ${COLOUR_LETTERS[colour]}, but only ${max} can be drawn`;
    if (dealt < min) return `has ${dealt} ${COLOUR_LETTERS[colour]}, but the bag runs empty and held ${min}`;
  }
  return undefined;
}

// ---- positions

/** The seven fields of a position. */
export function printPosition({ rules, state }: Position): string {
  const boards = Array.from({ length: rules.players }, (_, p) => printBoard(state, boardAt(0, p)));
  return [
    printFactories(rules, state),
    printPile(state[CENTRE]!),
    boards.join('|'),
    state[TURN],
    state[ROUND],
    printCounts(state[BAG]!),
    printCounts(state[LID]!),
  ].join(' ');
}

/** Reads a position from its seven fields and checks that it is valid. */
export function parsePosition(text: string): Position {
  const fields = text.split(' ');
  if (fields.length !== 7) {
    fail(
      `position ${quote(text)}`,
      `has ${fields.length} field${fields.length === 1 ? '' : 's'}, not 7 (factories centre boards turn round bag lid, ` +
        'one space between them); start 2 is a new game for 2 players',
    );
  }
  const [factoriesText, centreText, boardsText, turnText, roundText, bagText, lidText] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const factories = factoriesText.split('/');
  const players = (factories.length - 1) / 2;
  if (!Number.isInteger(players) || players < MIN_PLAYERS || players > MAX_PLAYERS) {
    fail('factories', `are ${factories.length}, not 5, 7 or 9 (for 2, 3 or 4 players)`);
  }
  const rules = Rules.for(players);
  const state = new Int32Array(rules.stateSize);
  factories.forEach((tiles, i) => {
    state[rules.firstFactory + i] = parseFactory(tiles, `factory ${i + 1}`);
  });
  state[CENTRE] = parsePile(centreText, 'centre', true);
  const boards = boardsText.split('|');
  if (boards.length !== players)
    fail('boards', `are ${boards.length}, but ${factories.length} factories are for ${players} players`);
  boards.forEach((board, p) => {
    parseBoard(board, `board ${p}`, state, boardAt(0, p));
  });
  state[TURN] = parseInteger(turnText, 'turn', players - 1);
  state[ROUND] = parseInteger(roundText, 'round', 999_999_999);
  state[BAG] = parseCounts(bagText, 'bag');
  state[LID] = parseCounts(lidText, 'lid');
  state[PHASE] = phaseOf(rules, state);
  validate(rules, state);
  return { rules, state };
}

/** The start of a game; the first deal is due. */
export function startPosition(players: number): Position {
  const rules = Rules.for(players);
  return { rules, state: rules.start() };
}

/** The phase that follows from the tiles and the walls. */
function phaseOf(rules: Rules, state: Int32Array): number {
  if (!rules.roundIsOver(state, 0)) return PLAYING;
  for (let p = 0; p < rules.players; p++) {
    if (completeRows(state[boardAt(0, p) + WALL]!) > 0) return OVER;
  }
  return state[BAG] === 0 && state[LID] === 0 ? OVER : DEAL_DUE;
}

/** Throws a NotationError unless all tiles and the marker are there. */
function validate(rules: Rules, state: Int32Array): void {
  const places = [state[CENTRE]!, state[BAG]!, state[LID]!];
  for (let f = 0; f < rules.factories; f++) places.push(state[rules.firstFactory + f]!);
  const total = new Int32Array(COLOURS);
  let markers = markersIn(state[CENTRE]!);
  for (let p = 0; p < rules.players; p++) {
    const board = boardAt(0, p);
    places.push(state[board + FLOOR]!);
    markers += markersIn(state[board + FLOOR]!);
    const lines = state[board + LINES]!;
    for (let row = 0; row < ROWS; row++) {
      if (lineCount(lines, row) > 0) total[lineColour(lines, row)]! += lineCount(lines, row);
      const colours = rowColours(state[board + WALL]!, row);
      for (let colour = 0; colour < COLOURS; colour++) total[colour]! += (colours >> colour) & 1;
    }
  }
  for (let colour = 0; colour < COLOURS; colour++) {
    for (const pile of places) total[colour]! += countOf(pile, colour);
    if (total[colour] !== TILES_PER_COLOUR) {
      fail('position', `has ${total[colour]} tiles of ${COLOUR_LETTERS[colour]} in all, not ${TILES_PER_COLOUR}`);
    }
  }
  if (state[PHASE] === PLAYING) {
    if (markers !== 1) fail('position', `has the marker in ${markers} places, not in one, while a round is on`);
    if (state[ROUND] === 0) fail('round', 'is 0, but the factories have been dealt');
  } else if (markers !== 0) {
    fail(
      'position',
      `has the marker on the table, but ${state[PHASE] === OVER ? 'the game is over' : 'a deal is due'}`,
    );
  }
}

function printFactories(rules: Rules, state: Int32Array): string {
  return Array.from({ length: rules.factories }, (_, f) => printPile(state[rules.firstFactory + f]!)).join('/');
}
