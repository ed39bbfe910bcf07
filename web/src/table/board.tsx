/** One player's board: score, pattern lines, wall, floor line. */

import { useMemo } from 'preact/hooks';
import { chanceName } from '../../../src/arena/gameAnalysis.js';
import { destinationOf, TO_FLOOR } from '../../../src/game/action.js';
import { COLOUR_NAMES } from '../../../src/game/description.js';
import { COLOURS } from '../../../src/game/pile.js';
import { FLOOR, LINES, lineColour, lineCount, SCORE, WALL } from '../../../src/game/state.js';
import { colourAt, ROWS } from '../../../src/game/wall.js';
import { filledOnFloor, floorTiles, type LastMove, type Preview, signed } from './move.js';
import { Motif, Tile } from './tiles.js';

const FLOOR_PENALTIES = [-1, -1, -2, -2, -2, -3, -3] as const;

/** The destinations of the tiles in the hand. */
export interface Targets {
  colour: number;
  /** What each legal destination would bring. */
  previews: ReadonlyMap<number, Preview>;
  /** The destination that the pointer or the focus is on. */
  over: number | undefined;
  /** The destination that a second press confirms. */
  staged: number | undefined;
  onOver: (destination: number | undefined) => void;
  onPlace: (destination: number) => void;
}

export interface BoardProps {
  /** The four words of a board (state.ts). */
  board: Int32Array;
  seat: number;
  name: string;
  /** Whether its player is to move. */
  active: boolean;
  mine: boolean;
  /** Winning chance or share of others beaten, 0 to 1. */
  chance?: number | undefined;
  /** Number of players, which decides what `chance` means. */
  players: number;
  /** A suggested destination, to light up. */
  suggested?: number | undefined;
  /** A destination to point at as an error. */
  wrong?: number | undefined;
  /** The player's last move. Its tiles are marked. */
  fresh?: LastMove | undefined;
  /** Cells of the wall to light up (a bit set of wall.ts), and whether to light up the floor line. */
  litCells?: number | undefined;
  litFloor?: boolean | undefined;
  targets?: Targets | undefined;
}

export function Board(props: BoardProps) {
  const { board, seat, name, active, mine, chance, players, suggested, wrong, fresh, litCells, litFloor, targets } =
    props;
  const spaces = useMemo(
    () => (
      <>
        <div class="rows">
          {Array.from({ length: ROWS }, (_, row) => (
            <Row key={row} {...props} row={row} />
          ))}
        </div>
        <FloorLine {...props} />
      </>
    ),
    [board, suggested, wrong, fresh, litCells, litFloor, targets],
  );
  return (
    <section
      class={`board ${active ? 'active' : ''} ${mine ? 'mine' : ''}`}
      aria-label={`Board of ${name}`}
      data-seat={seat}
    >
      <header>
        <h2>{name}</h2>
        {chance !== undefined && (
          <span class="chance" role="img" aria-label={`${chanceName(players)} ${Math.round(100 * chance)} percent`}>
            <i style={{ transform: `scaleX(${chance.toFixed(3)})` }} />
            <b>{Math.round(100 * chance)} %</b>
          </span>
        )}
        <output class="score" aria-label={`score of ${name}`}>
          {board[SCORE]}
        </output>
      </header>
      {spaces}
    </section>
  );
}

function FloorLine(props: BoardProps) {
  const { board, fresh, litFloor, suggested, wrong, targets } = props;
  const floor = board[FLOOR]!;
  const fallen = floorTiles(floor);
  const filled = fresh ? filledOnFloor(floor, fresh) : [];
  const ghosts = targets?.over === undefined ? 0 : (targets.previews.get(targets.over)?.fallen ?? 0);
  return (
    <div
      class={`floor ${litFloor ? 'lit' : ''} ${suggested === TO_FLOOR ? 'suggested' : ''} ${wrong === TO_FLOOR ? 'wrong' : ''}`}
      data-line={TO_FLOOR}
    >
      {FLOOR_PENALTIES.map((points, i) => (
        <span key={i} class={`space ${filled.includes(i) ? 'fresh' : ''}`}>
          {fallen[i] !== undefined && <Tile colour={fallen[i]} />}
          {fallen[i] === undefined && i < fallen.length + ghosts && <Tile colour={targets!.colour} class="ghost" />}
          <small>{points}</small>
        </span>
      ))}
      <Target {...props} destination={TO_FLOOR} />
    </div>
  );
}

function Row({ row, ...props }: BoardProps & { row: number }) {
  const { board, fresh, litCells = 0, targets, suggested, wrong } = props;
  const lines = board[LINES]!;
  const count = lineCount(lines, row);
  const placed = fresh && destinationOf(fresh.action) === row ? fresh.placed : 0;
  const ghosts = targets?.over === row ? (targets.previews.get(row)?.placed ?? 0) : 0;
  const described = count === 0 ? 'empty' : `${count} of ${row + 1} ${COLOUR_NAMES[lineColour(lines, row)]}`;
  const laid = Array.from({ length: COLOURS }, (_, column) => column).filter((column) => isLaid(board, row, column));
  const onWall = laid.map((column) => COLOUR_NAMES[colourAt(row, column)]).join(', ') || 'nothing';
  return (
    <>
      <div
        class={`line ${suggested === row ? 'suggested' : ''} ${wrong === row ? 'wrong' : ''} ${count === row + 1 ? 'full' : ''}`}
        data-line={row}
      >
        <span class="unseen">{`line ${row + 1}: ${described}`}</span>
        {Array.from({ length: row + 1 }, (_, place) => {
          // A line fills from the wall outwards.
          const filled = row - place;
          return (
            <span key={place} class={`space ${filled < count && filled >= count - placed ? 'fresh' : ''}`}>
              {filled < count && <Tile colour={lineColour(lines, row)} />}
              {filled >= count && filled < count + ghosts && <Tile colour={targets!.colour} class="ghost" />}
            </span>
          );
        })}
        <Target {...props} destination={row} />
      </div>
      <svg class="arrow" viewBox="0 0 10 10" aria-hidden="true">
        <path d="M2 1.5 8 5 2 8.5Z" />
      </svg>
      <div class="wall" data-row={row}>
        <span class="unseen">{`wall row ${row + 1}: ${onWall}`}</span>
        {Array.from({ length: COLOURS }, (_, column) => {
          const colour = colourAt(row, column);
          const lit = (litCells >> (ROWS * row + column)) & 1;
          return (
            <span key={column} class={`cell cell-${colour} ${lit ? 'lit' : ''}`}>
              {isLaid(board, row, column) ? <Tile colour={colour} /> : <Motif colour={colour} />}
            </span>
          );
        })}
      </div>
    </>
  );
}

/** The button over a line. It places the tiles in the hand. */
function Target({ targets, destination }: BoardProps & { destination: number }) {
  const preview = targets?.previews.get(destination);
  if (!targets || !preview) return null;
  const { placed, fallen, gain } = preview;
  const where = destination === TO_FLOOR ? 'floor line' : `line ${destination + 1}`;
  const falls = fallen > 0 && destination !== TO_FLOOR ? `, ${fallen} fall to the floor` : '';
  const takes = destination === TO_FLOOR ? `takes ${fallen}` : `takes ${placed}`;
  return (
    <button
      type="button"
      class={`target ${targets.over === destination ? 'over' : ''}`}
      data-destination={destination}
      onClick={() => targets.onPlace(destination)}
      onPointerEnter={() => targets.onOver(destination)}
      onPointerLeave={() => targets.onOver(undefined)}
      onFocus={() => targets.onOver(destination)}
      onBlur={() => targets.onOver(undefined)}
    >
      <span class="unseen">
        {where} {takes}
        {falls}
      </span>
      {targets.staged === destination && <span class="confirm">Confirm</span>}
      {gain !== 0 && (
        <>
          <span class={`gain ${gain > 0 ? 'good' : 'bad'}`}>{signed(gain)}</span>
          <span class="unseen"> points at the end of the round</span>
        </>
      )}
    </button>
  );
}

function isLaid(board: Int32Array, row: number, column: number): boolean {
  return ((board[WALL]! >> (ROWS * row + column)) & 1) === 1;
}
