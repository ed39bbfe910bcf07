/** Why a move is an error, in sentences that the rules prove. */
import type { JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { COLOUR_NAMES } from '../../../src/game/description.js';
import { type Position, parseMove } from '../../../src/game/notation.js';
import { boardAt, LINES, TURN, WALL } from '../../../src/game/state.js';
import { fullCells, tile, tiledWall } from '../../../src/game/tiling.js';
import { completeColours, completeColumns, completeRows } from '../../../src/game/wall.js';
import { type LastMove, type Preview, pickOf, preview, signed } from '../table/move.js';
import { moveSentence, type Piece } from '../table/sentence.js';

export interface Question {
  /** The position before the move. */
  position: Position;
  move: JudgedMove;
  names: readonly string[];
  /** The move that the next player made; undefined if the round ended. */
  reply?: LastMove | undefined;
}

/** What the better move would have gained, the clearest reason first. */
export function reasons({ position, move, names, reply }: Question): Piece[][] {
  const { rules } = position;
  const [played, better] = [parseMove(rules, move.move), parseMove(rules, move.best)];
  const [was, would] = [preview(position, played), preview(position, better)];
  const found: Piece[][] = [];
  if (was.fallen > would.fallen) {
    const tile = { tile: pickOf(played).colour };
    found.push([
      `It dropped ${was.fallen} `,
      tile,
      `to the floor; the better move drops ${would.fallen === 0 ? 'none' : would.fallen}.`,
    ]);
  }
  if (was.marker !== would.marker) {
    found.push([
      was.marker ? 'It took the ' : 'It left the ',
      { tile: 'marker' },
      was.marker ? 'first-player marker, which costs a point.' : 'first-player marker to others.',
    ]);
  }
  if (was.gain < would.gain) {
    found.push([
      `On the board it is worth ${points(was)} at the end of the round; the better move is worth ${points(would)}.`,
    ]);
  }
  for (const bonus of bonusesMissed(position, played, better)) found.push([`The better move completes ${bonus}.`]);
  if (reply) {
    const [source, colour] = [pickOf(reply.action).source, pickOf(reply.action).colour];
    const wanted = pickOf(better);
    const taken = wanted.source === source && wanted.colour === colour;
    found.push([
      'Then ',
      ...moveSentence(reply, names, rules),
      taken ? `: the ${COLOUR_NAMES[colour]} tiles that the better move takes.` : '.',
    ]);
  }
  return found;
}

function points({ gain }: Preview): string {
  return `${signed(gain)} ${Math.abs(gain) === 1 ? 'point' : 'points'}`;
}

const BONUSES = [
  { complete: completeRows, name: 'a row (2 points at the end)' },
  { complete: completeColumns, name: 'a column (7 points at the end)' },
  { complete: completeColours, name: 'all tiles of a colour (10 points at the end)' },
] as const;

/** The sets that the wall would have complete after the round by the better move, but not by the played one. */
function bonusesMissed(position: Position, played: number, better: number): string[] {
  const [was, would] = [wallAfter(position, played), wallAfter(position, better)];
  return BONUSES.filter(({ complete }) => complete(would) > complete(was)).map(({ name }) => name);
}

/** The mover's wall if the round ended after an action. */
function wallAfter({ rules, state }: Position, action: number): number {
  const board = boardAt(0, state[TURN]!);
  const after = state.slice();
  rules.take(after, 0, action);
  return tiledWall(tile(after[board + WALL]!, fullCells(after[board + LINES]!)));
}
