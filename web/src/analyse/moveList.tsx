/** The moves of a game by rounds, and the largest errors. */

import { useMemo } from 'preact/hooks';
import { erred, type JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { type Position, parseMove } from '../../../src/game/notation.js';
import { percent } from '../engine/thinkPanel.js';
import { positionAfter } from '../play/game.js';
import { movesOf } from '../play/replies.js';
import { lastMove } from '../table/move.js';
import { MoveText } from '../table/moveText.js';
import { roundsOf } from './study.js';

/** Smallest loss of each class, as a fraction of what can be won. */
const FAULTS = [
  [0.15, 'blunder'],
  [0.07, 'mistake'],
  [0.03, 'slip'],
] as const;

const MOST_SHOWN = 5;

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
            const fault = move && erred(move) ? faultOf(move.loss) : undefined;
            return (
              <button
                key={i}
                type="button"
                class={`move ${fault ?? ''} ${i >= from ? 'tried' : ''}`}
                aria-current={at === i + 1 ? 'step' : undefined}
                title={fault && move && `${fault}: lost ${percent(move.loss)}, better ${move.best}`}
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

/** The largest errors. Choosing one shows the position before it. */
export function WorstMoves({
  start,
  tokens,
  names,
  judged,
  onChoose,
}: Pick<MoveListProps, 'start' | 'tokens' | 'onChoose'> & { names: readonly string[]; judged: readonly JudgedMove[] }) {
  const places = placesOfMoves(tokens);
  const { rules } = start;
  const positionAt = ({ ply }: JudgedMove) => positionAfter({ start, tokens }, places[ply - 1]!);
  const worst = judged.filter(erred).toSorted((a, b) => b.loss - a.loss);
  if (worst.length === 0) return <p class="quiet">No move lost anything.</p>;
  return (
    <ol class="worst">
      {worst.slice(0, MOST_SHOWN).map((move) => (
        <li key={move.ply}>
          <button type="button" onClick={() => onChoose(places[move.ply - 1]!)}>
            <b class={faultOf(move.loss) ?? 'quiet'}>−{percent(move.loss)}</b> {names[move.seat]}, round {move.round}:{' '}
            <MoveText move={lastMove(positionAt(move), parseMove(rules, move.move))} rules={rules} />, better{' '}
            <MoveText move={lastMove(positionAt(move), parseMove(rules, move.best))} rules={rules} />
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Number of tokens before each move. */
export function placesOfMoves(tokens: readonly string[]): number[] {
  return [...tokens.keys()].filter((i) => !tokens[i]!.startsWith('='));
}

function faultOf(loss: number): string | undefined {
  return FAULTS.find(([least]) => loss >= least)?.[1];
}
