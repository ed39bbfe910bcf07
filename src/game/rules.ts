import { ACTIONS_PER_SOURCE, actionOf, colourOf, destinationOf, sourceOf, TO_FLOOR } from './action.js';
import { FLOOR_SPACES, floorCost, spacesTaken } from './floorLine.js';
import { openLines } from './openLines.js';
import {
  COLOURS,
  countOf,
  FACTORY_TILES,
  hasMarker,
  MARKER,
  pileOf,
  sizeOf,
  TILES_PER_COLOUR,
  tilesOf,
  without,
} from './pile.js';
import type { Random } from './random.js';
import {
  BAG,
  BOARD_SIZE,
  BOARDS,
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
  PLAYING,
  ROUND,
  SCORE,
  TURN,
  WALL,
  withLine,
} from './state.js';
import { fullCells, tile, tiledWall, tilingPoints } from './tiling.js';
import { completeRows, endBonus, ROWS, SET_SIZE } from './wall.js';

/**
 * The rules for one number of players. A move is an action number (action.ts). Nothing is checked here: callers pass legal
 * actions. notation.ts checks what comes from outside.
 */
export class Rules {
  readonly factories: number;
  /** 32-bit integers in a position. */
  readonly stateSize: number;
  /** Size of the action space: 180, 240 or 300. */
  readonly actions: number;
  /** Index of the first factory within a position. */
  readonly firstFactory: number;

  private constructor(readonly players: number) {
    this.factories = 2 * players + 1;
    this.firstFactory = BOARDS + BOARD_SIZE * players;
    this.stateSize = this.firstFactory + this.factories;
    this.actions = (this.factories + 1) * ACTIONS_PER_SOURCE;
  }

  private static readonly cache = new Map<number, Rules>();

  /** The rules for 2, 3 or 4 players. */
  static for(players: number): Rules {
    let rules = Rules.cache.get(players);
    if (!rules) Rules.cache.set(players, (rules = new Rules(players)));
    return rules;
  }

  /** A new position: empty boards, a full bag, the first deal due, player 0 to start. */
  start(): Int32Array {
    const state = new Int32Array(this.stateSize);
    for (let colour = 0; colour < COLOURS; colour++) state[BAG]! |= pileOf(colour, TILES_PER_COLOUR);
    return state;
  }

  /** Writes the legal actions to `out` in ascending order and returns their number, which is 0 unless the phase is PLAYING. */
  legal(state: Int32Array, at: number, out: Uint16Array): number {
    if (state[at + PHASE] !== PLAYING) return 0;
    const open = this.openTo(state, at);
    let n = 0;
    for (let source = 0; source <= this.factories; source++) {
      const pile = this.pileAt(state, at, source);
      if (pile === 0) continue;
      for (let colour = 0; colour < COLOURS; colour++) {
        if (((pile >> (5 * colour)) & 31) === 0) continue;
        const base = actionOf(source, colour, 0);
        for (let lines = (open >> (5 * colour)) & 31; lines !== 0; lines &= lines - 1) {
          out[n++] = base + 31 - Math.clz32(lines & -lines);
        }
        out[n++] = base + TO_FLOOR;
      }
    }
    return n;
  }

  /** Number of legal actions, without listing them. */
  countLegal(state: Int32Array, at: number): number {
    if (state[at + PHASE] !== PLAYING) return 0;
    const open = this.openTo(state, at);
    const n0 = 1 + SET_SIZE[open & 31]!;
    const n1 = 1 + SET_SIZE[(open >> 5) & 31]!;
    const n2 = 1 + SET_SIZE[(open >> 10) & 31]!;
    const n3 = 1 + SET_SIZE[(open >> 15) & 31]!;
    const n4 = 1 + SET_SIZE[(open >> 20) & 31]!;
    let n = 0;
    for (let source = 0; source <= this.factories; source++) {
      const pile = this.pileAt(state, at, source);
      if (pile & 31) n += n0;
      if (pile & (31 << 5)) n += n1;
      if (pile & (31 << 10)) n += n2;
      if (pile & (31 << 15)) n += n3;
      if (pile & (31 << 20)) n += n4;
    }
    return n;
  }

  /** Whether the action is legal. */
  isLegal(state: Int32Array, at: number, action: number): boolean {
    if (state[at + PHASE] !== PLAYING) return false;
    const destination = destinationOf(action);
    const colour = colourOf(action);
    if (countOf(this.pileAt(state, at, sourceOf(action)), colour) === 0) return false;
    return destination === TO_FLOOR || ((this.openTo(state, at) >> (5 * colour + destination)) & 1) === 1;
  }

  /** Plays a legal action. The move that takes a round's last tile also ends the round. */
  apply(state: Int32Array, at: number, action: number): void {
    this.take(state, at, action);
    if (this.roundIsOver(state, at)) this.endRound(state, at);
  }

  /** Plays a legal action and passes the turn. The caller ends the round. */
  take(state: Int32Array, at: number, action: number): void {
    const destination = destinationOf(action);
    const colour = colourOf(action);
    const source = sourceOf(action);
    const turn = state[at + TURN]!;
    const board = boardAt(at, turn);
    let count: number;
    if (source === this.factories) {
      const centre = state[at + CENTRE]!;
      count = countOf(centre, colour);
      state[at + CENTRE] = tilesOf(without(centre, colour));
      state[board + FLOOR]! |= centre & MARKER;
    } else {
      const index = at + this.firstFactory + source;
      const factory = state[index]!;
      count = countOf(factory, colour);
      state[at + CENTRE]! += without(factory, colour);
      state[index] = 0;
    }
    if (destination !== TO_FLOOR) {
      const lines = state[board + LINES]!;
      const filled = lineCount(lines, destination);
      const placed = Math.min(count, destination + 1 - filled);
      state[board + LINES] = withLine(lines, destination, colour, filled + placed);
      count -= placed;
    }
    if (count > 0) this.drop(state, at, board, colour, count);
    state[at + TURN] = turn + 1 === this.players ? 0 : turn + 1;
  }

  /** Whether all tiles of the round have been taken. */
  roundIsOver(state: Int32Array, at: number): boolean {
    let piles = tilesOf(state[at + CENTRE]!);
    const first = at + this.firstFactory;
    for (let i = first; i < first + this.factories; i++) piles |= state[i]!;
    return piles === 0;
  }

  /** Fills the factories at random from the bag, then from the lid if the bag runs empty. The phase is DEAL_DUE. */
  deal(state: Int32Array, at: number, random: Random): void {
    let bag = state[at + BAG]!;
    let left = sizeOf(bag);
    const first = at + this.firstFactory;
    for (let i = first; i < first + this.factories; i++) {
      let factory = 0;
      for (let n = 0; n < FACTORY_TILES; n++) {
        if (left === 0) {
          bag = state[at + LID]!;
          state[at + LID] = 0;
          left = sizeOf(bag);
          if (left === 0) break;
        }
        let rank = random.int(left);
        let colour = 0;
        while (rank >= countOf(bag, colour)) rank -= countOf(bag, colour++);
        bag -= pileOf(colour, 1);
        factory += pileOf(colour, 1);
        left--;
      }
      state[i] = factory;
    }
    state[at + BAG] = bag;
    this.beginRound(state, at);
  }

  /** Fills the factories with given piles. notation.ts checks that the bag and the lid allow it. */
  dealPiles(state: Int32Array, at: number, piles: readonly number[]): void {
    let dealt = 0;
    for (let i = 0; i < this.factories; i++) {
      state[at + this.firstFactory + i] = piles[i]!;
      dealt += piles[i]!;
    }
    const bag = state[at + BAG]!;
    if (sizeOf(dealt) <= sizeOf(bag)) {
      state[at + BAG] = bag - dealt;
    } else {
      state[at + BAG] = state[at + LID]! + bag - dealt;
      state[at + LID] = 0;
    }
    this.beginRound(state, at);
  }

  /**
   * The winners, bit p for player p: the players with the highest score, and among these with the most complete rows. Before
   * the end of the game it says who would win by the scores as they stand.
   */
  winners(state: Int32Array, at: number): number {
    let best = -1;
    let set = 0;
    for (let p = 0; p < this.players; p++) {
      const standing = this.standing(state, at, p);
      if (standing > best) {
        best = standing;
        set = 0;
      }
      if (standing === best) set |= 1 << p;
    }
    return set;
  }

  /** A player's score. */
  score(state: Int32Array, at: number, player: number): number {
    return state[boardAt(at, player) + SCORE]!;
  }

  /** A number that orders players as the final ranking does: 8 * score + complete rows. */
  standing(state: Int32Array, at: number, player: number): number {
    const board = boardAt(at, player);
    return 8 * state[board + SCORE]! + completeRows(state[board + WALL]!);
  }

  /** The lines that can take each colour on the mover's board (openLines.ts). */
  private openTo(state: Int32Array, at: number): number {
    const board = boardAt(at, state[at + TURN]!);
    return openLines(state[board + LINES]!, state[board + WALL]!);
  }

  private pileAt(state: Int32Array, at: number, source: number): number {
    return source === this.factories ? tilesOf(state[at + CENTRE]!) : state[at + this.firstFactory + source]!;
  }

  /** Puts tiles on a floor line. Those that do not fit go to the lid. */
  private drop(state: Int32Array, at: number, board: number, colour: number, count: number): void {
    const floor = state[board + FLOOR]!;
    const kept = Math.min(count, FLOOR_SPACES - spacesTaken(floor));
    state[board + FLOOR] = floor + pileOf(colour, kept);
    state[at + LID]! += pileOf(colour, count - kept);
  }

  private beginRound(state: Int32Array, at: number): void {
    state[at + CENTRE] = MARKER;
    state[at + ROUND]! += 1;
    state[at + PHASE] = PLAYING;
  }

  /** Ends a round: tiles all walls, pays the floor lines, and ends the game or leaves a deal due. */
  endRound(state: Int32Array, at: number): void {
    let rowCompleted = false;
    for (let p = 0; p < this.players; p++) {
      const board = boardAt(at, p);
      if (hasMarker(state[board + FLOOR]!)) state[at + TURN] = p;
      this.tileWall(state, at, board);
      const floor = state[board + FLOOR]!;
      state[board + SCORE] = Math.max(0, state[board + SCORE]! - floorCost(floor));
      state[at + LID]! += tilesOf(floor);
      state[board + FLOOR] = 0;
      if (completeRows(state[board + WALL]!) > 0) rowCompleted = true;
    }
    state[at + CENTRE] = 0;
    const over = rowCompleted || (state[at + BAG] === 0 && state[at + LID] === 0);
    state[at + PHASE] = over ? OVER : DEAL_DUE;
    if (over) this.payBonuses(state, at);
  }

  /** Moves full lines to the wall, scores them and empties them. */
  private tileWall(state: Int32Array, at: number, board: number): void {
    let lines = state[board + LINES]!;
    const tiling = tile(state[board + WALL]!, fullCells(lines));
    state[board + WALL] = tiledWall(tiling);
    state[board + SCORE]! += tilingPoints(tiling);
    for (let row = 0; row < ROWS; row++) {
      if (lineCount(lines, row) !== row + 1) continue;
      state[at + LID]! += pileOf(lineColour(lines, row), row);
      lines = withLine(lines, row, 0, 0);
    }
    state[board + LINES] = lines;
  }

  /** Adds the end bonuses to the scores. */
  payBonuses(state: Int32Array, at: number): void {
    for (let p = 0; p < this.players; p++) {
      const board = boardAt(at, p);
      state[board + SCORE]! += endBonus(state[board + WALL]!);
    }
  }
}
