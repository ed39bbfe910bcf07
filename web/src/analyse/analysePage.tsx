/** The page that analyses: a game or a position, what the model thinks of it, and lines that are tried. */
import { useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { wonFraction } from '../../../src/arena/gameAnalysis.js';
import { parseMove, printMove, printPosition } from '../../../src/game/notation.js';
import { PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { printAddress } from '../address.js';
import { CopyButton } from '../copyButton.js';
import type { Engine } from '../engine/engine.js';
import { ThinkPanel } from '../engine/thinkPanel.js';
import { STANDARD_DEPTH, useThinking } from '../engine/useThinking.js';
import type { Library } from '../games/library.js';
import { movesQuery, PERSON, positionAfter } from '../play/game.js';
import { type LastMove, lastMove } from '../table/move.js';
import { Table } from '../table/table.js';
import { useGhost } from '../table/useGhost.js';
import { useKeys } from '../useKeys.js';
import { type AnalyseState, reduce } from './analyseState.js';
import { DepthFields } from './depthFields.js';
import { errorsOf, type GameError } from './errors.js';
import { Judgement } from './judgement.js';
import { MoveList } from './moveList.js';
import { OpenPanel } from './openPanel.js';
import { Review } from './review.js';
import { StepsCard } from './stepsCard.js';
import { lineOf, positionOf, type Study, studyQuery } from './study.js';
import { useJudging } from './useJudging.js';
import { useTrial } from './useTrial.js';

export interface AnalysePageProps {
  engine: Engine;
  library: Library;
  initial: Study;
  /** Whether the game is to be judged at once. */
  review: boolean;
  /** Called with each study that is shown, as the query of its address. */
  onChange: (query: URLSearchParams) => void;
}

export function AnalysePage({ engine, library, initial, review, onChange }: AnalysePageProps) {
  const [state, dispatch] = useReducer(reduce, initial, (study): AnalyseState => {
    const judged = library.review(study);
    return { study, judged, progress: review && !judged ? 0 : undefined };
  });
  const [thinks, setThinks] = useState(true);
  const { study, judged, trial, progress } = state;
  const position = useMemo(() => positionOf(study), [study]);
  const last = useMemo(() => lastMoveOf(study), [study]);
  useEffect(() => onChange(studyQuery(study)), [study]);
  useEffect(() => {
    if (judged) library.keepReview(study, judged);
  }, [judged]);
  useTrial(engine, state, dispatch);
  const errors = useMemo(() => errorsOf(study.tokens, judged ?? []), [study.tokens, judged]);
  const error = study.line !== undefined ? undefined : errors.find(({ place }) => place === study.at);
  const goBy = (steps: number) => () => dispatch({ kind: 'goBy', steps });
  const goTo = (found: GameError | undefined) => found && dispatch({ kind: 'choose', at: found.place });
  useKeys({
    ArrowLeft: goBy(-1),
    ArrowRight: goBy(1),
    Home: goBy(Number.NEGATIVE_INFINITY),
    End: goBy(Number.POSITIVE_INFINITY),
    n: () => goTo(errors.find(({ place }) => place > study.at)),
    p: () => goTo(errors.findLast(({ place }) => place < study.at)),
  });
  useJudging(engine, state, dispatch);

  const thinking = thinks && !trial && progress === undefined && position.state[PHASE] === PLAYING;
  const [depth, setDepth] = useState(STANDARD_DEPTH);
  const thoughts = useThinking(engine, thinking ? position : undefined, depth);
  const ghost = useGhost(position);
  const playable = position.state[PHASE] === PLAYING && !ghost.position;
  return (
    <div class="columns">
      <div class="screen">
        <div class="lead">
          <StepsCard study={study} position={position} thinks={thinks} onThink={setThinks} dispatch={dispatch} />
        </div>
        <div class="stage">
          <Table
            position={ghost.position ?? position}
            names={study.names}
            onMove={
              playable
                ? (action) => dispatch({ kind: trial ? 'try' : 'play', token: printMove(position.rules, action) })
                : undefined
            }
            last={ghost.last ?? last}
            heat={ghost.position ? undefined : thoughts?.evaluation?.policy}
            chances={thoughts?.report?.values.map(wonFraction)}
            mine={position.state[TURN]}
            suggestion={error && !trial && !ghost.position ? parseMove(position.rules, error.move.best) : undefined}
            wrong={error && !ghost.position ? parseMove(position.rules, error.move.move) : undefined}
            ghost={ghost.position !== undefined}
          />
        </div>
      </div>
      <aside class="side">
        {study.tokens.length > 0 && (
          <Review state={state} errors={errors} error={error} onShow={ghost.show} dispatch={dispatch} />
        )}
        {!thinking && ghost.banner}
        {thinking && (
          <section class="card" aria-label="What the model thinks">
            {ghost.banner}
            <DepthFields depth={depth} onChange={setDepth} />
            <ThinkPanel position={position} names={study.names} thoughts={thoughts} onShow={ghost.show} />
          </section>
        )}
      </aside>
      <div class="below analysis">
        {judged && <Judgement study={study} judged={judged} errors={errors} dispatch={dispatch} />}
        <section class="card" aria-label="Game">
          <MoveList study={study} judged={judged} dispatch={dispatch} />
          <div class="buttons">
            <CopyButton text={() => printPosition(position)}>Copy position</CopyButton>
            <CopyButton text={() => location.href}>Copy link</CopyButton>
            <a class="button" href={printAddress({ tab: 'play', query: playQuery(study) })}>
              Play from here
            </a>
          </div>
        </section>
        <OpenPanel
          onOpen={(study) => dispatch({ kind: 'open', study, judged: library.review(study) })}
          open={study.tokens.length === 0}
        />
      </div>
    </div>
  );
}

/** The move that led to the position shown; undefined after a deal and at the start. */
function lastMoveOf(study: Study): LastMove | undefined {
  const token = lineOf(study)[study.at - 1];
  if (token === undefined || token.startsWith('=')) return undefined;
  const before = positionAfter({ start: study.start, tokens: lineOf(study) }, study.at - 1);
  return lastMove(before, parseMove(before.rules, token));
}

/**
 * The query of a game against the model from the position shown, with new deals. The seats are those of
 * the game, or a person in the seat to move and models in the others.
 */
function playQuery(study: Study): URLSearchParams {
  const start = positionOf(study);
  const mover = start.state[TURN]!;
  const seats = study.seats ?? study.names.map((_, seat) => (seat === mover ? PERSON : 'club'));
  return new URLSearchParams({ seats: seats.join(), ...movesQuery({ start, tokens: [] }) });
}
