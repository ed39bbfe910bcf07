/** A move taken apart, and its effects, for the table to show. */
import { roundGain } from '../../../src/arena/staticEvaluator.js';
import { colourOf, destinationOf, sourceOf, TO_FLOOR } from '../../../src/game/action.js';
import type { Position } from '../../../src/game/notation.js';
import { COLOURS, countOf, hasMarker, sizeOf } from '../../../src/game/pile.js';
import { boardAt, CENTRE, FLOOR, LINES, lineCount, TURN } from '../../../src/game/state.js';

/** All tiles of one colour in one place, as a player takes them. */
export interface Pick {
  /** The factories from 0, then the centre. */
  source: number;
  colour: number;
}

export interface Preview {
  /** Tiles that would go to the line, and that would fall to the floor. */
  placed: number;
  fallen: number;
  /** Whether the move takes the first-player marker. */
  marker: boolean;
  /** Points that the move gains if the round ends after it. */
  gain: number;
}

/** A move that was made. */
export interface LastMove {
  action: number;
  seat: number;
  /** Tiles that went to the line, and that fell to the floor. */
  placed: number;
  fallen: number;
  /** Fallen tiles that the floor line has room for; all by default. */
  floored?: number;
  /** Whether the move took the first-player marker. */
  marker?: boolean;
}

export function pickOf(action: number): Pick {
  return { source: sourceOf(action), colour: colourOf(action) };
}

export function legalActions({ rules, state }: Position): number[] {
  const legal = new Uint16Array(rules.actions);
  return [...legal.subarray(0, rules.legal(state, 0, legal))];
}

/** The effects of a legal action. */
export function preview({ rules, state }: Position, action: number): Preview {
  const board = boardAt(0, state[TURN]!);
  const { source, colour } = pickOf(action);
  const destination = destinationOf(action);
  const pile = source === rules.factories ? state[CENTRE]! : state[rules.firstFactory + source]!;
  const count = countOf(pile, colour);
  const room = destination === TO_FLOOR ? 0 : destination + 1 - lineCount(state[board + LINES]!, destination);
  const after = state.slice();
  rules.take(after, 0, action);
  return {
    placed: Math.min(count, room),
    fallen: Math.max(0, count - room),
    marker: hasMarker(pile),
    gain: roundGain(after, board) - roundGain(state, board),
  };
}

/** The move that a legal action makes. */
export function lastMove(before: Position, action: number): LastMove {
  const { rules, state } = before;
  const { placed, fallen, marker } = preview(before, action);
  const seat = state[TURN]!;
  const after = state.slice();
  rules.take(after, 0, action);
  const floor = boardAt(0, seat) + FLOOR;
  const floored = sizeOf(after[floor]!) - sizeOf(state[floor]!);
  return { action, seat, placed, fallen, floored, marker };
}

/** The tiles of a floor line as they lie: the marker, then colour by colour. */
export function floorTiles(floor: number): (number | 'marker')[] {
  const tiles: (number | 'marker')[] = hasMarker(floor) ? ['marker'] : [];
  for (let colour = 0; colour < COLOURS; colour++) tiles.push(...Array(countOf(floor, colour)).fill(colour));
  return tiles;
}

/** The places of `floorTiles` that a move filled: the marker's, and the last ones of its colour. */
export function filledOnFloor(floor: number, { action, fallen, floored = fallen, marker }: LastMove): number[] {
  const tiles = floorTiles(floor);
  const { colour } = pickOf(action);
  const end = tiles.lastIndexOf(colour) + 1;
  return [...tiles.keys()].filter((i) => (tiles[i] === 'marker' ? marker : i < end && i >= end - floored));
}

/** Points with their sign, as people write them: +3, −2, ±0. */
export function signed(points: number, digits = 0): string {
  const text = Math.abs(points).toFixed(digits);
  return `${Number(text) === 0 ? '±' : points > 0 ? '+' : '−'}${text}`;
}
