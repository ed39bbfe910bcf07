/** The page that analyses: a game or a position, what the model thinks of it, and other lines. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type JudgedMove, judgeGame, part } from '../../../src/arena/gameAnalysis.js';
import { describeMove } from '../../../src/game/description.js';
import { type Position, parseMove, printMove, printPosition } from '../../../src/game/notation.js';
import { DEAL_DUE, PHASE, PLAYING, ROUND, TURN } from '../../../src/game/state.js';
import { printAddress } from '../address.js';
import { CopyButton } from '../copyButton.js';
import { type Engine, Stopped, Withdrawn } from '../engine/engine.js';
import { ThinkPanel } from '../engine/thinkPanel.js';
import { useThinking } from '../engine/useThinking.js';
import { dealFor, freshSeed, isOver, movesQuery, positionAfter } from '../play/game.js';
import { type LastMove, lastMove } from '../table/move.js';
import { Table } from '../table/table.js';
import { useGhost } from '../table/useGhost.js';
import { Judgement } from './judgement.js';
import { MoveList } from './moveList.js';
import { OpenPanel } from './openPanel.js';
import { lineOf, played, positionOf, type Study, studyQuery, withoutBranch } from './study.js';

/** Simulations a move in the analysis of a whole game. */
const SIMULATIONS = 200;

export interface AnalysePageProps {
  engine: Engine;
  initial: Study;
  /** Told whenever what is looked at changes. */
  onChange: (query: URLSearchParams) => void;
}

export function AnalysePage({ engine, initial, onChange }: AnalysePageProps) {
  const [study, setStudy] = useState(initial);
  const [thinks, setThinks] = useState(true);
  const [judged, setJudged] = useState<readonly JudgedMove[]>();
  const [progress, setProgress] = useState<number>();
  const judging = useRef<AbortController>(undefined);

  const line = lineOf(study);
  const position = useMemo(() => positionOf(study), [study]);
  const over = isOver(position);
  const last = useMemo(() => lastMoveOf(study), [study]);
  useEffect(() => onChange(studyQuery(study)), [study]);
  useEffect(() => () => judging.current?.abort(), []);

  /** Goes to a place of the line, or so many steps on from where it is. */
  const go = (to: number | ((at: number) => number)) => {
    setStudy((now) => {
      const at = typeof to === 'number' ? to : to(now.at);
      return { ...now, at: Math.max(0, Math.min(lineOf(now).length, at)) };
    });
  };
  useEffect(() => {
    const step = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if ((event.target as Element).closest('input, textarea, select, dialog')) return;
      const steps = { ArrowLeft: -1, ArrowRight: 1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY };
      const by = steps[event.key as keyof typeof steps];
      if (by === undefined) return;
      event.preventDefault();
      go((at) => at + by);
    };
    addEventListener('keydown', step);
    return () => removeEventListener('keydown', step);
  }, []);

  const open = (next: Study) => {
    judging.current?.abort();
    judging.current = undefined;
    setJudged(undefined);
    setProgress(undefined);
    setStudy(next);
  };
  const play = (token: string) => {
    const next = played(study, token);
    setStudy(next);
    if (next.tokens === study.tokens) return;
    // What was judged is another game now; what is being judged begins again with it.
    setJudged(undefined);
    if (progress !== undefined) void judge(next);
  };
  const judge = async (game: Study) => {
    judging.current?.abort();
    const controller = new AbortController();
    judging.current = controller;
    const isCurrent = () => judging.current === controller;
    setProgress(0);
    try {
      const thinker = engine.until(controller.signal);
      const options = { sims: SIMULATIONS, seed: 0 };
      const judged = await judgeGame(game, thinker, options, (done) => {
        if (isCurrent()) setProgress(done / (game.tokens.length + 1));
      });
      if (isCurrent()) setJudged(judged);
    } catch (error) {
      // The page says where the search has stopped; the game can be judged again.
      if (!(error instanceof Withdrawn || error instanceof Stopped)) throw error;
    } finally {
      if (isCurrent()) setProgress(undefined);
    }
  };

  const thoughts = useThinking(engine, thinks && progress === undefined && !over ? position : undefined);
  const ghost = useGhost(position);
  const values = thoughts?.report?.values;
  const next = line[study.at];
  const playable = position.state[PHASE] === PLAYING && !ghost.position;
  return (
    <div class="columns">
      <div class="stage">
        <Table
          position={ghost.position ?? position}
          names={study.names}
          onMove={playable ? (action) => play(printMove(position.rules, action)) : undefined}
          last={ghost.last ?? last}
          heat={ghost.position ? undefined : thoughts?.evaluation?.policy}
          chances={values?.map(part)}
          mine={position.state[TURN]}
          ghost={ghost.position !== undefined}
        />
      </div>
      <aside class="side">
        <section class="card status">
          <h2>
            {over
              ? 'The game is over'
              : position.state[PHASE] === DEAL_DUE
                ? 'A deal is due'
                : `${study.names[position.state[TURN]!]} to move`}
          </h2>
          <p class="quiet">
            {study.end ? `Unfinished game: ${study.end}. ` : ''}
            {over ? '' : roundText(position)}
            {next && !next.startsWith('=') ? `Played: ${describeMove(position, parseMove(position.rules, next))}` : ''}
          </p>
          <div class="buttons steps" role="toolbar" aria-label="Steps">
            <button type="button" aria-label="to the start" disabled={study.at === 0} onClick={() => go(0)}>
              «
            </button>
            <button type="button" aria-label="one back" disabled={study.at === 0} onClick={() => go(study.at - 1)}>
              ‹
            </button>
            <button type="button" aria-label="one on" disabled={next === undefined} onClick={() => go(study.at + 1)}>
              ›
            </button>
            <button type="button" aria-label="to the end" disabled={next === undefined} onClick={() => go(line.length)}>
              »
            </button>
            {position.state[PHASE] === DEAL_DUE && !over && next === undefined && (
              <button type="button" class="primary" onClick={() => play(dealFor(position, freshSeed()))}>
                Deal
              </button>
            )}
            {study.branch && (
              <button type="button" onClick={() => setStudy(withoutBranch(study))}>
                Back to the game
              </button>
            )}
            <label class="switch">
              <input type="checkbox" checked={thinks} onChange={(event) => setThinks(event.currentTarget.checked)} />
              Think along
            </label>
          </div>
        </section>
        {thinks && progress === undefined && position.state[PHASE] === PLAYING && (
          <section class="card" aria-label="What the model thinks">
            {ghost.banner}
            <ThinkPanel position={position} names={study.names} thoughts={thoughts} onShow={ghost.show} />
          </section>
        )}
      </aside>
      <div class="below analysis">
        {study.tokens.length > 0 && (
          <Judgement
            study={study}
            judged={judged}
            progress={progress}
            onJudge={() => void judge(study)}
            onStop={() => judging.current?.abort()}
            onChoose={(at) => setStudy({ ...withoutBranch(study), at })}
          />
        )}
        <section class="card" aria-label="Game">
          <MoveList
            start={study.start}
            tokens={line}
            from={study.branch?.from}
            at={study.at}
            judged={judged}
            onChoose={go}
          />
          <div class="buttons">
            <CopyButton text={() => printPosition(position)}>Copy position</CopyButton>
            <CopyButton text={() => location.href}>Copy link</CopyButton>
            <a class="button" href={printAddress({ tab: 'play', query: playQuery(study) })}>
              Play from here
            </a>
          </div>
        </section>
        <OpenPanel onOpen={open} open={study.tokens.length === 0} />
      </div>
    </div>
  );
}

/** Which round it is or, where a deal is due, which comes. */
function roundText({ state }: Position): string {
  return state[PHASE] === PLAYING ? `Round ${state[ROUND]}. ` : `Before round ${state[ROUND]! + 1}. `;
}

/** The move that led to what is shown, if one did. */
function lastMoveOf(study: Study): LastMove | undefined {
  const token = lineOf(study)[study.at - 1];
  if (token === undefined || token.startsWith('=')) return undefined;
  const before = positionAfter({ start: study.start, tokens: lineOf(study) }, study.at - 1);
  return lastMove(before, parseMove(before.rules, token));
}

/** A game against the model from what is shown, with new deals; the mover is the person. */
function playQuery(study: Study): URLSearchParams {
  const start = positionOf(study);
  const mover = start.state[TURN]!;
  const seats = study.names.map((_, seat) => (seat === mover ? 'person' : 'club'));
  return new URLSearchParams({ seats: seats.join(), ...movesQuery({ start, tokens: [] }) });
}
