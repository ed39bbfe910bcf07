/** A move in its parts, and what it would do, for the table to show. */
import { roundGain } from '../../../src/arena/staticEvaluator.js';
import { colourOf, destinationOf, sourceOf, TO_FLOOR } from '../../../src/game/action.js';
import type { Position } from '../../../src/game/notation.js';
import { countOf, hasMarker } from '../../../src/game/pile.js';
import { boardAt, CENTRE, LINES, lineCount, TURN } from '../../../src/game/state.js';

/** Tiles of one colour in one place, as a hand takes them. */
export interface Pick {
  /** A factory from 0, then the centre. */
  source: number;
  colour: number;
}

export interface Preview {
  /** Tiles that would lie in the line, and that would fall to the floor. */
  placed: number;
  fallen: number;
  /** Whether the first-player marker comes with them. */
  marker: boolean;
  /** Points that the player's board gains by the move, were the round to end with it. */
  gain: number;
}

/** A move that was made. */
export interface LastMove {
  action: number;
  seat: number;
  /** Tiles that it put into a line, and on the floor. */
  placed: number;
  fallen: number;
  /** Whether it took the first-player marker. */
  marker?: boolean;
}

export function pickOf(action: number): Pick {
  return { source: sourceOf(action), colour: colourOf(action) };
}

export function legalActions({ rules, state }: Position): number[] {
  const legal = new Uint16Array(rules.actions);
  return [...legal.subarray(0, rules.legal(state, 0, legal))];
}

/** What a legal action would do. */
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

/** A legal action as the move that is made with it. */
export function lastMove(before: Position, action: number): LastMove {
  const { placed, fallen, marker } = preview(before, action);
  return { action, seat: before.state[TURN]!, placed, fallen, marker };
}

/** Points with their sign, as people write them. */
export function signed(points: number, digits = 0): string {
  const text = Math.abs(points).toFixed(digits);
  return `${Number(text) === 0 ? '±' : points > 0 ? '+' : '−'}${text}`;
}
