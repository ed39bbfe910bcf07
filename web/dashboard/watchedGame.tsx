/** Playback of a self-play game of the run, with the search's numbers for each move. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { parseGames, positionsOf } from '../../src/arena/record.js';
import { describeMove } from '../../src/game/description.js';
import { type Position, parseMove } from '../../src/game/notation.js';
import { OVER, PHASE, ROUND, TURN } from '../../src/game/state.js';
import type { WatchedGame as Game } from '../../src/training/run/latestGame.js';
import { preview } from '../src/table/move.js';
import { type LastMove, Table } from '../src/table/table.js';
import { ChanceGraph, ConsideredMoves } from './searchNumbers.js';

/** Milliseconds for which a position is shown. */
const PACE = 1000;
/** Milliseconds for which the end of a game is shown. */
const END = 4000;
/** Milliseconds between two requests for a game while there is none. */
const RETRY = 3000;

interface Shown {
  game: Game;
  tokens: readonly string[];
  /** The positions before, between and after the tokens: one more than tokens. */
  positions: readonly Position[];
}

export function WatchedGame() {
  const { shown, at, playing, setAt, setPlaying, next } = usePlayback();
  return (
    <section class="card watched" aria-labelledby="watched-title">
      <h3 id="watched-title">
        Self-play{' '}
        {shown && (
          <small>
            game {shown.game.number.toLocaleString('en')}, iteration {shown.game.iteration.toLocaleString('en')}
          </small>
        )}
      </h3>
      {shown ? (
        <>
          <Moment shown={shown} at={at} />
          <div class="transport">
            <button type="button" aria-label="back" disabled={at === 0} onClick={() => setAt(at - 1)}>
              ‹
            </button>
            <button type="button" class="play" onClick={() => setPlaying(!playing)}>
              {playing ? 'Pause' : 'Play'}
            </button>
            <button
              type="button"
              aria-label="forward"
              disabled={at === shown.tokens.length}
              onClick={() => setAt(at + 1)}
            >
              ›
            </button>
            <input
              type="range"
              aria-label="place in the game"
              min={0}
              max={shown.tokens.length}
              value={at}
              onInput={({ currentTarget }) => setAt(Number(currentTarget.value))}
            />
            <button type="button" onClick={next}>
              Newest
            </button>
          </div>
        </>
      ) : (
        <p class="nothing">The first game is still being played.</p>
      )}
    </section>
  );
}

/** One position of the game, with the numbers of its search. */
function Moment({ shown: { game, tokens, positions }, at }: { shown: Shown; at: number }) {
  const position = positions[at]!;
  const { rules, state } = position;
  const numbers = game.searches[at];
  // Without a search in this position, the newest earlier search gives the expected result.
  const expected = game.searches.slice(0, at + 1).findLast((searched) => searched !== null);
  const seats = Array.from({ length: rules.players }, (_, seat) => seat);
  const before = at > 0 ? positions[at - 1]! : undefined;
  const last = useMemo(() => lastMoveOf(before, tokens[at - 1]), [before]);
  return (
    <>
      <p class="told">
        {toldOf(before, tokens[at - 1])}
        {state[PHASE] === OVER || at === tokens.length ? <b> The game is over.</b> : ''}
      </p>
      <Table
        position={position}
        names={seats.map((seat) => `Seat ${seat}`)}
        last={last}
        {...(numbers && {
          heat: numbers.policy.map(([move, probability]) => ({ action: parseMove(rules, move), probability })),
        })}
      />
      <div class="numbers">
        <ChanceGraph searches={game.searches} players={rules.players} at={at} />
        <ConsideredMoves
          title={`Round ${state[ROUND]}, seat ${state[TURN]} to move`}
          numbers={numbers ?? undefined}
          expected={expected ?? undefined}
          played={tokens[at]}
        />
      </div>
    </>
  );
}

/** The move that led to a position, which the table animates; undefined at the start and after a deal. */
function lastMoveOf(before: Position | undefined, token: string | undefined): LastMove | undefined {
  if (!before || token === undefined || token.startsWith('=')) return undefined;
  const action = parseMove(before.rules, token);
  const { placed, fallen } = preview(before, action);
  return { action, seat: before.state[TURN]!, placed, fallen };
}

/** The move or deal that led to a position, in words. */
function toldOf(before: Position | undefined, token: string | undefined): string {
  if (!before || token === undefined) return 'The game begins.';
  if (token.startsWith('=')) return `Round ${before.state[ROUND]! + 1} is dealt.`;
  return `Seat ${before.state[TURN]} played ${describeMove(before, parseMove(before.rules, token))}.`;
}

/** Plays one game after another, always the run's newest. If there is no new game, it repeats the last one. */
function usePlayback() {
  const [shown, setShown] = useState<Shown>();
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(() => !matchMedia('(prefers-reduced-motion: reduce)').matches);
  const [requests, setRequests] = useState(0);
  const next = () => setRequests((n) => n + 1);

  useEffect(() => {
    let timer = 0;
    let wanted = true;
    void latestGame().then((found) => {
      if (!wanted) return;
      if (found) {
        setShown(found);
        setAt(1);
      } else {
        timer = window.setTimeout(next, RETRY);
      }
    });
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [requests]);

  useEffect(() => {
    if (!shown || !playing) return;
    const ended = at >= shown.tokens.length;
    const timer = setTimeout(ended ? next : () => setAt(at + 1), ended ? END : PACE);
    return () => clearTimeout(timer);
  }, [shown, at, playing]);

  return { shown, at, playing, setAt, setPlaying, next };
}

/** Fetches the newest finished game; undefined if there is none, the server does not answer, or the file is damaged. */
async function latestGame(): Promise<Shown | undefined> {
  try {
    const answer = await fetch('./api/run/game', { cache: 'no-store' });
    const game = (await answer.json()) as Game | null;
    if (!game) return undefined;
    const [record] = parseGames(game.record);
    return { game, tokens: record!.tokens, positions: [...positionsOf(record!)] };
  } catch {
    return undefined;
  }
}
