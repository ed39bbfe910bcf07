/** The page that plays: persons and models at one table. */
import { useContext, useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { wonFraction } from '../../../src/arena/gameAnalysis.js';
import { startPosition } from '../../../src/game/notation.js';
import { PHASE, PLAYING, TURN } from '../../../src/game/state.js';
import { printAddress } from '../address.js';
import { studyQuery } from '../analyse/study.js';
import type { Engine } from '../engine/engine.js';
import { ThinkPanel } from '../engine/thinkPanel.js';
import { useThinking } from '../engine/useThinking.js';
import type { Library } from '../games/library.js';
import { useSaved } from '../games/useSaved.js';
import { YourGames } from '../games/yourGames.js';
import { SettingsContext } from '../settings.js';
import { knock } from '../sound.js';
import { moveSentence, plainText } from '../table/sentence.js';
import { Table } from '../table/table.js';
import { useGhost } from '../table/useGhost.js';
import { CoachCard } from './coachCard.js';
import { freshSeed, type Game, gameQuery, isOver, newGame, PERSON, seatNames } from './game.js';
import { GameOver, resultText } from './gameOver.js';
import { GameTools } from './gameTools.js';
import { NewGame } from './newGame.js';
import { begun, reduce, shownPosition } from './playState.js';
import { movesOfRound, repliesAmong } from './replies.js';
import { RoundEndPanel } from './roundEndPanel.js';
import { hintPieces, StatusCard } from './statusCard.js';
import { useCoach } from './useCoach.js';
import { useHint } from './useHint.js';
import { levelToMove, useModelMoves } from './useModelMoves.js';

export interface PlayPageProps {
  engine: Engine;
  library: Library;
  /** The game to begin with. */
  initial: Game;
  /** Told whenever the game changes. */
  onChange: (query: URLSearchParams) => void;
  /** Whether the model thinks along. */
  assisted: boolean;
  onAssist: (assisted: boolean) => void;
}

export function PlayPage({ engine, library, initial, onChange, assisted, onAssist }: PlayPageProps) {
  const [play, dispatch] = useReducer(reduce, initial, begun);
  const [dialog, setDialog] = useState<'new game' | 'your games'>();
  const { game, position, last, roundEnd, hint } = play;
  const names = useMemo(() => seatNames(game), [game.seats, game.names]);
  const over = isOver(position);
  const mover = position.state[TURN]!;
  const level = levelToMove(play);
  const personMoves = !roundEnd && position.state[PHASE] === PLAYING && !level;

  const other = useSaved(library, game, onChange);
  const { settings, change } = useContext(SettingsContext);
  const pause = usePause(game);
  useModelMoves(engine, play, dispatch, settings.motion, pause.paused);
  const grade = useCoach(engine, play, settings.coach);
  useEffect(() => {
    if (last && settings.sounds) knock();
  }, [last]);

  // Loads the model while the person looks at the table.
  const { players } = position.rules;
  useEffect(() => {
    const controller = new AbortController();
    engine.evaluate(startPosition(players), 0, controller.signal).catch(() => {});
    return () => controller.abort();
  }, [players]);

  const thoughts = useThinking(engine, assisted && personMoves ? position : undefined);
  const ghost = useGhost(position);

  const askHint = useHint(engine, play, dispatch);
  const begin = (next: Game) => {
    setDialog(undefined);
    location.hash = printAddress({ tab: 'play', query: gameQuery(next) });
  };
  const moves = useMemo(() => movesOfRound(game), [game]);
  const replies = useMemo(() => repliesAmong(moves, game, position), [moves]);
  const step = roundEnd?.steps[roundEnd.at - 1];
  const values = thoughts?.report?.values;
  return (
    <div class="columns">
      <div class="screen">
        <div class="lead">
          <StatusCard
            play={play}
            names={names}
            awaited={level ? 'model' : personMoves ? 'person' : undefined}
            replies={replies}
            onTakeBack={() => dispatch({ kind: 'takeBack' })}
            onHint={() => void askHint()}
            onRetry={() => dispatch({ kind: 'retry' })}
          />
          {roundEnd && (
            <RoundEndPanel
              steps={roundEnd.steps}
              names={names}
              at={roundEnd.at}
              onStep={(at) => dispatch({ kind: 'step', at })}
              onEnd={() => dispatch({ kind: 'endRound' })}
            />
          )}
          {over && !roundEnd && (
            <GameOver
              position={position}
              names={names}
              review={reviewAddress(game, names)}
              onAgain={() => begin({ ...newGame(game.seats, freshSeed()), names: game.names })}
            />
          )}
        </div>
        <div class="stage">
          <Table
            position={ghost.position ?? shownPosition(play)}
            names={names}
            onMove={personMoves && !ghost.position ? (action) => dispatch({ kind: 'move', game, action }) : undefined}
            last={ghost.last ?? last}
            marked={ghost.position ? undefined : replies}
            heat={ghost.position ? undefined : thoughts?.evaluation?.policy}
            chances={values?.map(wonFraction)}
            mine={step?.seat ?? Math.max(0, personMoves ? mover : game.seats.indexOf(PERSON))}
            suggestion={hint?.move?.action}
            lit={step && { seat: step.seat, cells: step.cells, floor: step.floor }}
            ghost={ghost.position !== undefined}
          />
        </div>
      </div>
      <aside class="side">
        <section class="card buttons" aria-label="Games">
          <button type="button" class="primary" onClick={() => setDialog('new game')}>
            New game
          </button>
          <button type="button" onClick={() => setDialog('your games')}>
            Your games
          </button>
          {other && (
            <a class="button" href={`#play?${other}`}>
              Back to your game
            </a>
          )}
          <label class="switch">
            <input type="checkbox" checked={assisted} onChange={(event) => onAssist(event.currentTarget.checked)} />
            Think along
          </label>
          {game.seats.includes(PERSON) ? (
            <label class="switch">
              <input
                type="checkbox"
                checked={settings.coach}
                onChange={(event) => change({ coach: event.currentTarget.checked })}
              />
              Coach
            </label>
          ) : (
            <>
              <button type="button" onClick={pause.toggle}>
                {pause.stopped ? 'Go on' : 'Pause'}
              </button>
              <button type="button" disabled={!pause.paused} onClick={pause.step}>
                Next move
              </button>
            </>
          )}
        </section>
        {settings.coach && game.seats.includes(PERSON) && (
          <CoachCard grade={grade} onTakeBack={() => dispatch({ kind: 'takeBack' })} />
        )}
        {assisted && personMoves && (
          <section class="card" aria-label="What the model thinks">
            {ghost.banner}
            <ThinkPanel position={position} names={names} thoughts={thoughts} onShow={ghost.show} />
          </section>
        )}
      </aside>
      <GameTools game={game} names={names} />
      <div class="unseen" aria-live="polite">
        {over && !roundEnd
          ? resultText(position, names)
          : moves
              .slice(-replies.length - 1)
              .map((move) => <p key={move.action}>{plainText(moveSentence(move, names, position.rules))}.</p>)}
        {hint && <p>{plainText(hintPieces(hint, position.rules))}</p>}
      </div>
      {dialog === 'new game' && <NewGame initial={game} onClose={() => setDialog(undefined)} onStart={begin} />}
      {dialog === 'your games' && <YourGames library={library} onClose={() => setDialog(undefined)} />}
    </div>
  );
}

/** Pauses the models in a game without persons, and lets them make single moves. */
function usePause(game: Game) {
  const [stopped, setStopped] = useState(false);
  const [stepped, setStepped] = useState<Game>();
  return {
    stopped,
    paused: stopped && stepped !== game,
    toggle: () => setStopped(!stopped),
    step: () => setStepped(game),
  };
}

/** The address of the analysis that judges the game at once. */
function reviewAddress({ seats, start, tokens }: Game, names: readonly string[]): string {
  const query = studyQuery({ names, seats, start, tokens, at: tokens.length });
  query.set('review', '');
  return printAddress({ tab: 'analyse', query });
}
