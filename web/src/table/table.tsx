/** The table of a game: factories, centre and boards, to look at or to play on. */
import type { Position } from '../../../src/game/notation.js';
import { MARKER } from '../../../src/game/pile.js';
import { BOARD_SIZE, BOARDS, CENTRE, PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { Board } from './board.js';
import { Display } from './display.js';

export interface TableProps {
  position: Position;
  /** Who sits there, by seat. */
  names: readonly string[];
  /** How probable each action is; shown as heat on the tiles. */
  heat?: readonly { action: number; probability: number }[];
}

export function Table({ position, names, heat }: TableProps) {
  const { rules, state } = position;
  const piles = [...state.subarray(rules.firstFactory, rules.firstFactory + rules.factories), state[CENTRE]!];
  const mover = state[PHASE] === PLAYING ? state[TURN]! : -1;
  const perSource = heatBySource(heat);
  return (
    <div class={`table players-${rules.players}`}>
      <div class="displays">
        {piles.map((pile, source) => (
          <Display
            key={source}
            pile={pile}
            name={source === rules.factories ? 'centre' : `factory ${source + 1}`}
            round={source < rules.factories}
            marker={(pile & MARKER) !== 0}
            heat={perSource.get(source)}
          />
        ))}
      </div>
      <div class="boards">
        {names.map((name, seat) => (
          <Board
            key={seat}
            board={state.subarray(BOARDS + BOARD_SIZE * seat, BOARDS + BOARD_SIZE * (seat + 1))}
            name={name}
            active={seat === mover}
          />
        ))}
      </div>
    </div>
  );
}

/** Probability by source, then by colour. */
function heatBySource(heat: TableProps['heat']): Map<number, number[]> {
  const sources = new Map<number, number[]>();
  for (const { action, probability } of heat ?? []) {
    const source = Math.floor(action / 30);
    const colours = sources.get(source) ?? [0, 0, 0, 0, 0];
    colours[Math.floor(action / 6) % 5]! += probability;
    sources.set(source, colours);
  }
  return sources;
}
