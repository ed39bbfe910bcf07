import { useContext, useState } from 'preact/hooks';
import { SettingsContext } from '../settings.js';
import { type Game, PERSON } from './game.js';

export interface GamesCardProps {
  game: Game;
  /** The query of another game to go back to. */
  other: string | undefined;
  pause: Pause;
  onNewGame: () => void;
  onYourGames: () => void;
}

/** Leads to other games, and chooses the help or the pace of this one. */
export function GamesCard({ game, other, pause, onNewGame, onYourGames }: GamesCardProps) {
  const { settings, change } = useContext(SettingsContext);
  return (
    <section class="card buttons" aria-label="Games">
      <button type="button" class="primary" onClick={onNewGame}>
        New game
      </button>
      <button type="button" onClick={onYourGames}>
        Your games
      </button>
      {other && (
        <a class="button" href={`#play?${other}`}>
          Back to your game
        </a>
      )}
      <label class="switch">
        <input
          type="checkbox"
          checked={settings.thinkAlong}
          onChange={({ currentTarget }) => change({ thinkAlong: currentTarget.checked })}
        />
        Think along
      </label>
      {game.seats.includes(PERSON) ? (
        <label class="switch">
          <input
            type="checkbox"
            checked={settings.coach}
            onChange={({ currentTarget }) => change({ coach: currentTarget.checked })}
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
  );
}

export type Pause = ReturnType<typeof usePause>;

/** Pauses the models in a game without persons, and lets them make single moves. */
export function usePause(game: Game) {
  const [stopped, setStopped] = useState(false);
  const [stepped, setStepped] = useState<Game>();
  return {
    stopped,
    paused: stopped && stepped !== game,
    toggle: () => setStopped(!stopped),
    step: () => setStepped(game),
  };
}
