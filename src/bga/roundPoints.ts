/** The points at the end of a round, from the log and from the rules. */
import { floorCost } from '../game/floorLine.js';
import type { Rules } from '../game/rules.js';
import { boardAt, FLOOR, LINES, lineColour, lineCount, WALL } from '../game/state.js';
import { cellOf, columnFor, endBonus, placementScore, ROWS } from '../game/wall.js';

/** Names of the colours, by their numbers. */
export const COLOUR_NAMES = ['blue', 'yellow', 'red', 'black', 'white'];

export const FLOOR_LINE = 'floor line';
export const BONUSES = 'bonuses';

/** The name of the points for a tile that moves to the wall. `row` counts from 0. */
export function wallTile(row: number, colour: number): string {
  return `${COLOUR_NAMES[colour]} tile in row ${row + 1}`;
}

/** The points of one round: for each tile that moves to the wall, each floor line, and the sum of each player's bonuses. */
export class RoundPoints {
  private readonly entries = new Map<string, { seat: number; what: string; log: number; rules: number }>();

  /** Adds points that the log or the rules give a seat; `what` names the reason. */
  add(by: 'log' | 'rules', seat: number, what: string, points: number): void {
    const key = `${seat} ${what}`;
    const entry = this.entries.get(key) ?? { seat, what, log: 0, rules: 0 };
    entry[by] += points;
    this.entries.set(key, entry);
  }

  /** Adds the rules' points for a round. `state` is the state after the last take, before tiles move to the walls. */
  addRound(rules: Rules, state: Int32Array, isLast: boolean): void {
    for (let seat = 0; seat < rules.players; seat++) {
      const board = boardAt(0, seat);
      const lines = state[board + LINES]!;
      let wall = state[board + WALL]!;
      for (let row = 0; row < ROWS; row++) {
        if (lineCount(lines, row) !== row + 1) continue;
        const colour = lineColour(lines, row);
        this.add('rules', seat, wallTile(row, colour), placementScore(wall, row, columnFor(row, colour)));
        wall |= cellOf(row, colour);
      }
      this.add('rules', seat, FLOOR_LINE, -floorCost(state[board + FLOOR]!));
      if (isLast) this.add('rules', seat, BONUSES, endBonus(wall));
    }
  }

  /** The first entry in which the log and the rules differ; undefined if there is none. */
  difference(): { seat: number; what: string; log: number; rules: number } | undefined {
    return [...this.entries.values()].find(({ log, rules }) => log !== rules);
  }

  clear(): void {
    this.entries.clear();
  }
}
