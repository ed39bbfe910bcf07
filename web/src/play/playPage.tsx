/** The page that plays: persons and models at one table. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { chanceName, part } from '../../../src/arena/gameAnalysis.js';
import { chooseMove, LEVELS } from '../../../src/arena/levels.js';
import { describeMove } from '../../../src/game/description.js';
import { type Position, printMove, printPosition, startPosition } from '../../../src/game/notation.js';
import { DEAL_DUE, PHASE, PLAYING, ROUND, TURN } from '../../../src/game/state.js';
import { type Engine, Withdrawn } from '../engine/engine.js';
import { ThinkPanel } from '../engine/thinkPanel.js';
import { useThinking } from '../engine/useThinking.js';
import { preview } from '../table/move.js';
import { type LastMove, Table } from '../table/table.js';
import { useGhost } from '../table/useGhost.js';
import { dealFor, type Game, gameQuery, isOver, newGame, PERSON, positionAfter, seatNames, takenBack } from './game.js';
import { GameOver, resultText } from './gameOver.js';
import { GameTools } from './gameTools.js';
import { freshSeed, NewGame } from './newGame.js';
import { type RoundEndStep, roundEndSteps } from './roundEnd.js';
import { RoundEndPanel } from './roundEndPanel.js';

/** A model's move comes no sooner, so that one can follow it: with tiles that fly, and without. */
const LEAST_MS = matchMedia('(prefers-reduced-motion: reduce)').matches ? 100 : 700;
const HINT_SIMULATIONS = 400;

interface RoundEnd {
  /** The table when the last tile was taken. */
  taken: Int32Array;
  steps: RoundEndStep[];
  at: number;
}

export interface PlayPageProps {
  engine: Engine;
  /** The game to begin with. */
  initial: Game;
  /** Told whenever the game changes. */
  onChange: (query: URLSearchParams) => void;
}

export function PlayPage({ engine, initial, onChange }: PlayPageProps) {
  const [game, setGame] = useState(initial);
  const [last, setLast] = useState<LastMove>();
  const [roundEnd, setRoundEnd] = useState<RoundEnd>();
  const [assisted, setAssisted] = useState(false);
  const [hint, setHint] = useState<{ key: string; action?: number; text: string }>();
  const [choosing, setChoosing] = useState(false);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState('');

  const position = useMemo(() => positionAfter(game), [game]);
  const key = printPosition(position);
  const names = seatNames(game.seats);
  const over = isOver(position);
  const playing = !roundEnd && position.state[PHASE] === PLAYING;
  const mover = position.state[TURN]!;
  const level = playing ? LEVELS.find(({ id }) => id === game.seats[mover]) : undefined;
  const personMoves = playing && !level;

  useEffect(() => onChange(gameQuery(game)), [game]);

  const begin = (next: Game) => {
    setRoundEnd(undefined);
    setLast(undefined);
    setHint(undefined);
    setGame(next);
  };
  const move = (action: number) => {
    const { rules, state } = position;
    const taken = state.slice();
    rules.take(taken, 0, action);
    if (rules.roundIsOver(taken, 0)) setRoundEnd({ taken, steps: roundEndSteps({ rules, state: taken }), at: 0 });
    setLast({ action, seat: mover, ...preview(position, action) });
    setSaid(`${names[mover]}: ${describeMove(position, action)}`);
    setHint(undefined);
    setGame({ ...game, tokens: [...game.tokens, printMove(rules, action)] });
  };

  // Whoever is not a person at this screen: the bag, and the models.
  useEffect(() => {
    if (roundEnd || over) return;
    if (position.state[PHASE] === DEAL_DUE) {
      setGame({ ...game, tokens: [...game.tokens, dealFor(position, game.seed)] });
      setLast(undefined);
      return;
    }
    if (!level) return;
    const controller = new AbortController();
    const pause = new Promise((resolve) => setTimeout(resolve, LEAST_MS));
    void (async () => {
      try {
        const seed = game.seed + game.tokens.length;
        const action = await chooseMove(engine.until(controller.signal), position, level, seed);
        await pause;
        if (!controller.signal.aborted) move(action);
      } catch (error) {
        if (!(error instanceof Withdrawn)) setFault((error as Error).message);
      }
    })();
    return () => controller.abort();
  }, [game, roundEnd]);

  // Loads the model while the person looks at the table.
  const { players } = position.rules;
  useEffect(() => {
    const controller = new AbortController();
    engine.evaluate(startPosition(players), 0, controller.signal).catch(() => {});
    return () => controller.abort();
  }, [players]);

  const thoughts = useThinking(engine, assisted && personMoves ? position : undefined);
  const ghost = useGhost(position);

  const hinting = useRef<AbortController>(undefined);
  useEffect(() => () => hinting.current?.abort(), [key]);
  const askHint = async () => {
    hinting.current?.abort();
    hinting.current = new AbortController();
    setHint({ key, text: 'Looking for a good move…' });
    try {
      const budget = { sims: HINT_SIMULATIONS };
      const report = await engine.search(position, budget, { multipv: 1, seed: 0 }, undefined, hinting.current.signal);
      const [{ action, values }] = report.lines as [(typeof report.lines)[number]];
      const chance = Math.round(100 * part(values[mover]!));
      setHint({
        key,
        action,
        text: `${describeMove(position, action)} (${chanceName(position.rules.players)} ${chance} %)`,
      });
    } catch (error) {
      if (!(error instanceof Withdrawn)) setFault((error as Error).message);
    }
  };
  const shownHint = hint?.key === key ? hint : undefined;

  const shown = shownPosition(ghost.position ?? position, ghost.position ? undefined : roundEnd);
  const step = roundEnd?.steps[roundEnd.at - 1];
  const earlier = takenBack(game);
  const values = thoughts?.report?.values;
  return (
    <div class="columns">
      <div class="stage">
        <Table
          position={shown}
          names={names}
          onMove={personMoves && !ghost.position ? move : undefined}
          last={ghost.last ?? last}
          heat={ghost.position ? undefined : thoughts?.evaluation?.policy}
          chances={values?.map(part)}
          mine={step?.seat ?? Math.max(0, personMoves ? mover : game.seats.indexOf(PERSON))}
          suggestion={shownHint?.action}
          lit={step && { seat: step.seat, cells: step.cells, floor: step.floor }}
          ghost={ghost.position !== undefined}
        />
      </div>
      <aside class="side">
        <section class="card status">
          <h2>{statusText(position, names, { over, playing, person: personMoves })}</h2>
          <p class="quiet">
            {over ? '' : `Round ${Math.max(1, position.state[ROUND]!)}. `}
            {shownHint?.text ?? (personMoves ? 'Take tiles of one colour, then choose a line for them.' : said)}
          </p>
          <div class="buttons">
            <button type="button" disabled={!earlier} onClick={() => earlier && begin(earlier)}>
              Take back
            </button>
            <button type="button" disabled={!personMoves} onClick={() => void askHint()}>
              Hint
            </button>
            <button type="button" class="primary" onClick={() => setChoosing(true)}>
              New game
            </button>
            <label class="switch">
              <input
                type="checkbox"
                checked={assisted}
                onChange={(event) => setAssisted(event.currentTarget.checked)}
              />
              Think along
            </label>
          </div>
        </section>
        {fault && (
          <p class="fault card" role="alert">
            {fault}
          </p>
        )}
        {roundEnd && (
          <RoundEndPanel
            steps={roundEnd.steps}
            names={names}
            at={roundEnd.at}
            onStep={(at) => setRoundEnd({ ...roundEnd, at })}
            onEnd={() => {
              setRoundEnd(undefined);
              setLast(undefined);
            }}
          />
        )}
        {over && !roundEnd && (
          <GameOver position={position} names={names} onAgain={() => begin(newGame(game.seats, freshSeed()))} />
        )}
        {assisted && personMoves && (
          <section class="card" aria-label="What the model thinks">
            {ghost.banner}
            <ThinkPanel position={position} names={names} thoughts={thoughts} onShow={ghost.show} />
          </section>
        )}
      </aside>
      <GameTools game={game} />
      <div class="unseen" aria-live="polite">
        {over && !roundEnd ? resultText(position, names) : said}
      </div>
      {choosing && (
        <NewGame
          seats={game.seats}
          onClose={() => setChoosing(false)}
          onStart={(next) => {
            setChoosing(false);
            begin(next);
          }}
        />
      )}
    </div>
  );
}

/** The table as it stands in the middle of a round's end. */
function shownPosition(position: Position, roundEnd: RoundEnd | undefined): Position {
  if (!roundEnd) return position;
  const { taken, steps, at } = roundEnd;
  const state = (steps[at - 1]?.state ?? taken).slice();
  state[PHASE] = DEAL_DUE;
  return { rules: position.rules, state };
}

function statusText(
  { state }: Position,
  names: readonly string[],
  { over, playing, person }: { over: boolean; playing: boolean; person: boolean },
): string {
  if (!playing) return over ? 'The game is over' : 'The round is over';
  const name = names[state[TURN]!]!;
  if (!person) return `${name} thinks…`;
  return name === 'You' ? 'Your turn' : `${name}’s turn`;
}
