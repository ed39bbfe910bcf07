/** The moves of a game by rounds, and its errors. */

import { useMemo } from 'preact/hooks';
import type { JudgedMove } from '../../../src/arena/gameAnalysis.js';
import { type Position, parseMove } from '../../../src/game/notation.js';
import { percent } from '../engine/thinkPanel.js';
import { positionAfter } from '../play/game.js';
import { movesOf } from '../play/replies.js';
import { lastMove } from '../table/move.js';
import { MoveText } from '../table/moveText.js';
import type { AnalyseEvent } from './analyseState.js';
import { errorsOf, type GameError } from './errors.js';
import { roundsOf, type Study, tokensOf } from './study.js';

export interface MoveListProps {
  study: Study;
  judged: readonly JudgedMove[] | undefined;
  dispatch: (event: AnalyseEvent) => void;
}

/** The whole game by rounds, then the lines that were tried. */
export function MoveList({ study, judged, dispatch }: MoveListProps) {
  const { start, tokens, lines } = study;
  const errors = useMemo(
    () => new Map(errorsOf(tokens, judged ?? []).map(({ place, kind }) => [place, kind.name])),
    [tokens, judged],
  );
  return (
    <>
      <ol class="move-list" aria-label="Moves">
        <Rounds study={study} start={start} tokens={tokens} errors={errors} dispatch={dispatch} />
      </ol>
      {lines.map((line, i) => (
        <section key={i} class="tried-line" aria-label={`Line ${i + 1}`}>
          <ol class="move-list">
            <Rounds study={study} start={start} tokens={tokensOf(study, line)} line={i} dispatch={dispatch} />
          </ol>
          <button type="button" onClick={() => dispatch({ kind: 'promoteLine', line: i })}>
            Make it the game
          </button>
          <button type="button" onClick={() => dispatch({ kind: 'deleteLine', line: i })}>
            Delete
          </button>
        </section>
      ))}
    </>
  );
}

interface RoundsProps {
  study: Study;
  start: Position;
  tokens: readonly string[];
  /** Index of the line that is shown here; undefined for the game. A line shows what it does not share with the game. */
  line?: number;
  /** Names of errors, by the places of their moves. */
  errors?: ReadonlyMap<number, string>;
  dispatch: (event: AnalyseEvent) => void;
}

function Rounds({ study, start, tokens, line, errors, dispatch }: RoundsProps) {
  const made = useMemo(() => movesOf({ start, tokens }), [start, tokens.join()]);
  const from = line === undefined ? 0 : study.lines[line]!.from;
  const at = study.line === line ? study.at : undefined;
  const choose = (at: number) => dispatch({ kind: 'choose', at, ...(line !== undefined && { line }) });
  const rounds = roundsOf(start, tokens).map((round) => ({ ...round, moves: round.moves.filter((i) => i >= from) }));
  return (
    <>
      {rounds
        .filter(({ place, moves }) => place > from || moves.length > 0 || line === undefined)
        .map(({ number, place, moves }) => (
          <li key={number}>
            <button
              type="button"
              class="deal"
              aria-current={at === place ? 'step' : undefined}
              onClick={() => choose(place)}
            >
              Round {number}
            </button>
            {moves.map((i) => (
              <button
                key={i}
                type="button"
                class={`move ${errors?.get(i) ?? ''} ${line === undefined ? '' : 'tried'}`}
                aria-current={at === i + 1 ? 'step' : undefined}
                onClick={() => choose(i + 1)}
              >
                <MoveText move={made[i]!} rules={start.rules} />
              </button>
            ))}
          </li>
        ))}
    </>
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
