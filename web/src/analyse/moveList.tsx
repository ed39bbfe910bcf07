/** The moves of a game by rounds, and its errors. */

import { useMemo } from 'preact/hooks';
import type { JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { type Position, parseMove } from '../../../src/game/notation.js';
import { percent } from '../engine/thinkPanel.js';
import { positionAfter } from '../play/game.js';
import { movesOf } from '../play/replies.js';
import { lastMove } from '../table/move.js';
import { MoveText } from '../table/moveText.js';
import { errorOf } from './accuracy.js';
import type { GameError } from './errors.js';
import { placesOfMoves, roundsOf, type Study } from './study.js';

export interface MoveListProps {
  start: Position;
  tokens: readonly string[];
  /** Number of tokens after which the line leaves the game; undefined if it does not. */
  from?: number | undefined;
  at: number;
  judged: readonly JudgedMove[] | undefined;
  onChoose: (at: number) => void;
}

export function MoveList({ start, tokens, from = tokens.length, at, judged, onChoose }: MoveListProps) {
  const places = placesOfMoves(tokens.slice(0, from));
  const made = useMemo(() => movesOf({ start, tokens }), [start, tokens]);
  const byPlace = new Map(judged?.map((move) => [places[move.ply - 1], move]));
  return (
    <ol class="move-list" aria-label="Moves">
      {roundsOf(start, tokens).map(({ number, place, moves }) => (
        <li key={number}>
          <button
            type="button"
            class="deal"
            aria-current={at === place ? 'step' : undefined}
            onClick={() => onChoose(place)}
          >
            Round {number}
          </button>
          {moves.map((i) => {
            const move = i < from ? byPlace.get(i) : undefined;
            const fault = move && errorOf(move)?.name;
            return (
              <button
                key={i}
                type="button"
                class={`move ${fault ?? ''} ${i >= from ? 'tried' : ''}`}
                aria-current={at === i + 1 ? 'step' : undefined}
                onClick={() => onChoose(i + 1)}
              >
                <MoveText move={made[i]!} rules={start.rules} />
              </button>
            );
          })}
        </li>
      ))}
    </ol>
  );
}

/** All errors in their order. Choosing one shows the position before it. */
export function ErrorList({
  study,
  errors,
  onChoose,
}: {
  study: Study;
  errors: readonly GameError[];
  onChoose: (at: number) => void;
}) {
  const { start, tokens, names } = study;
  if (errors.length === 0) return <p class="quiet">No move lost much.</p>;
  return (
    <ol class="errors">
      {errors.map(({ move, kind, place }) => {
        const position = positionAfter({ start, tokens }, place);
        const text = (token: string) => (
          <MoveText move={lastMove(position, parseMove(start.rules, token))} rules={start.rules} />
        );
        return (
          <li key={place}>
            <button type="button" onClick={() => onChoose(place)}>
              <b class={kind.name}>{kind.sign}</b> −{percent(move.loss)} {names[move.seat]}, round {move.round}:{' '}
              {text(move.move)}, better {text(move.best)}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
