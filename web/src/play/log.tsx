import { useMemo } from 'preact/hooks';
import { positionsOf } from '../../../src/arena/record.js';
import { boardAt, PHASE, PLAYING, SCORE } from '../../../src/game/state.js';
import { roundsOf } from '../analyse/study.js';
import { Pieces } from '../table/moveText.js';
import { moveSentence } from '../table/sentence.js';
import type { Game } from './game.js';
import { movesOf } from './replies.js';

export interface LogProps {
  game: Game;
  names: readonly string[];
}

/** All moves in words, by rounds, the newest round first. */
export function Log({ game, names }: LogProps) {
  const { start, tokens } = game;
  const rounds = useMemo(() => {
    const moves = movesOf(game);
    const positions = [...positionsOf(game)];
    return roundsOf(start, tokens).map(({ number, moves: places }) => {
      const { state } = positions[(places.at(-1) ?? 0) + 1]!;
      const ended = places.length > 0 && state[PHASE] !== PLAYING;
      return {
        number,
        moves: places.map((place) => moves[place]!),
        scores: ended ? names.map((name, seat) => `${name} ${state[boardAt(0, seat) + SCORE]}`).join(', ') : '',
      };
    });
  }, [game, names]);
  if (rounds.every(({ moves }) => moves.length === 0)) return <p class="quiet">No move has been made yet.</p>;
  return (
    <div class="log">
      {rounds.toReversed().map(({ number, moves, scores }, i) => (
        <details key={number} open={i === 0}>
          <summary>
            Round {number}
            {scores && <span class="quiet"> {scores} points</span>}
          </summary>
          <ol>
            {moves.map((move, i) => (
              <li key={i}>
                <Pieces pieces={moveSentence(move, names, start.rules)} />.
              </li>
            ))}
          </ol>
        </details>
      ))}
    </div>
  );
}
