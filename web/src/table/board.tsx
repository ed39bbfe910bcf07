/** One player's board: score, pattern lines, wall, floor line. */
import { COLOURS, countOf, MARKER } from '../../../src/game/pile.js';
import { FLOOR, LINES, lineColour, lineCount, SCORE, WALL } from '../../../src/game/state.js';
import { colourAt, ROWS } from '../../../src/game/wall.js';
import { Motif, Tile } from './tiles.js';

const FLOOR_PENALTIES = [-1, -1, -2, -2, -2, -3, -3] as const;

export interface BoardProps {
  /** The four words of a board (state.ts). */
  board: Int32Array;
  name: string;
  /** Whether its player is to move. */
  active: boolean;
}

export function Board({ board, name, active }: BoardProps) {
  const lines = board[LINES]!;
  const wall = board[WALL]!;
  const floor = board[FLOOR]!;
  const fallen: (number | 'marker')[] = floor & MARKER ? ['marker'] : [];
  for (let colour = 0; colour < COLOURS; colour++) {
    for (let i = 0; i < countOf(floor, colour); i++) fallen.push(colour);
  }
  return (
    <section class={`board ${active ? 'active' : ''}`} aria-label={`board of ${name}`}>
      <header>
        <h2>{name}</h2>
        <output class="score">{board[SCORE]}</output>
      </header>
      <div class="grid">
        {Array.from({ length: ROWS }, (_, row) => (
          <div key={row} class="row">
            <div class="line">
              {Array.from({ length: row + 1 }, (_, place) => (
                <span key={place} class="space">
                  {row - place < lineCount(lines, row) && <Tile colour={lineColour(lines, row)} />}
                </span>
              ))}
            </div>
            <div class="wall">
              {Array.from({ length: COLOURS }, (_, column) => {
                const colour = colourAt(row, column);
                const laid = (wall >> (ROWS * row + column)) & 1;
                return (
                  <span key={column} class={`cell cell-${colour}`}>
                    {laid ? <Tile colour={colour} /> : <Motif colour={colour} />}
                  </span>
                );
              })}
            </div>
          </div>
        ))}
      </div>
      <div class="floor">
        {FLOOR_PENALTIES.map((points, i) => (
          <span key={i} class="space">
            {fallen[i] === undefined ? <small>{points}</small> : <Tile colour={fallen[i]} />}
          </span>
        ))}
      </div>
    </section>
  );
}
