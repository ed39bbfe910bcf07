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
import { GamesCard, usePause } from './gamesCard.js';
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
  /** Called with each state of the game, as the query of its address. */
  onChange: (query: URLSearchParams) => void;
}

export function PlayPage({ engine, library, initial, onChange }: PlayPageProps) {
  const [play, dispatch] = useReducer(reduce, initial, begun);
  const [dialog, setDialog] = useState<'new game' | 'your games'>();
  const { game, position, last, roundEnd, hint } = play;
  const names = useMemo(() => seatNames(game), [game.seats, game.names]);
  const over = isOver(position);
  const mover = position.state[TURN]!;
  const level = levelToMove(play);
  const personMoves = !roundEnd && position.state[PHASE] === PLAYING && !level;

  const other = useSaved(library, game, onChange);
  const { settings } = useContext(SettingsContext);
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

  const thoughts = useThinking(engine, settings.thinkAlong && personMoves ? position : undefined);
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
        <GamesCard
          game={game}
          other={other}
          pause={pause}
          onNewGame={() => setDialog('new game')}
          onYourGames={() => setDialog('your games')}
        />
        {settings.coach && game.seats.includes(PERSON) && (
          <CoachCard grade={grade} names={names} onTakeBack={() => dispatch({ kind: 'takeBack' })} />
        )}
        {settings.thinkAlong && personMoves && (
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

/** The address of the analysis that judges the game at once. */
function reviewAddress({ seats, start, tokens }: Game, names: readonly string[]): string {
  const query = studyQuery({ names, seats, start, tokens, lines: [], at: tokens.length });
  query.set('review', '');
  return printAddress({ tab: 'analyse', query });
}
